// Plain JavaScript: Vitest loads this file under a new name in every run, so no cache would know its TypeScript.
import './setup-process.ts';
import { plantCanaries } from './verdict/plant-canaries.ts';
import { reportLateIncidents } from './verdict/test.ts';

// Belongs to one run, where a process may serve several.
reportLateIncidents();
plantCanaries('before');
