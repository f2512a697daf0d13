import { quickenImports } from './quick-imports.ts';

quickenImports();
await import('./warm-process.ts');
