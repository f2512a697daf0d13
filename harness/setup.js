// Plain JavaScript: Vitest loads this file under a new name in every run, so no cache would know its TypeScript.
import './setup-process.ts';
