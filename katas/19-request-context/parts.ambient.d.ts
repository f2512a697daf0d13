// Given, for the type checker alone: an answer that is kept in another folder finds the types of its `./parts.ts` here.
/* oxlint-disable typescript/consistent-type-imports -- an import would make this file a module, which declares nothing for others */
declare module '*/parts.ts' {
  export const Parts: typeof import('./parts.ts').Parts;
  export type Parcel = import('./parts.ts').Parcel;
}
