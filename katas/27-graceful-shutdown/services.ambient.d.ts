// Given, for the type checker alone: an answer that is kept in another folder finds the types of its `./services.ts` here.
/* oxlint-disable typescript/consistent-type-imports -- an import would make this file a module, which declares nothing for others */
declare module '*/services.ts' {
  type Services = typeof import('./services.ts');
  export const addRoutes: Services['addRoutes'];
  export const Database: Services['Database'];
  export const EventStreams: Services['EventStreams'];
  export const Jobs: Services['Jobs'];
  export const Pool: Services['Pool'];
}
