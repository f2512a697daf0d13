// Given, and not to be edited: what the dashboard asks the database, and what it gets.

export interface User {
  readonly id: number;
  readonly name: string;
}

export interface Order {
  readonly number: string;
  readonly item: string;
  readonly cents: number;
}

export interface Preferences {
  readonly theme: 'light' | 'dark';
  readonly language: string;
}

/** Each query gives a promise at once. An abort of its signal ends it: the promise rejects at once with the signal's reason. */
export interface Db {
  /** `null` where there is no such user. */
  user(id: number, signal: AbortSignal): Promise<User | null>;
  /** An empty list where there are none, or no such user. */
  orders(id: number, signal: AbortSignal): Promise<Order[]>;
  preferences(id: number, signal: AbortSignal): Promise<Preferences>;
}

/** What a user sees whose preferences cannot be read. */
export const defaultPreferences: Preferences = { theme: 'light', language: 'en' };
