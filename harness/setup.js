// Plain JavaScript: Vitest loads this file under a new name in every run, so no cache would know its TypeScript.
import { setSourceMapsSupport } from 'node:module';
import './setup-process.ts';
import { plantCanaries } from './verdict/plant-canaries.ts';
import { reportLateIncidents } from './verdict/test.ts';

// All this belongs to one run, where a process may serve several.
// Vitest turns them on. Node takes off types without moving a line, and each stack that is read would cost twice as much.
setSourceMapsSupport(false);
reportLateIncidents();
plantCanaries('before');
