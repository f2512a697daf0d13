// Runs in each test process before any spec and any learner's code: what is captured or replaced here cannot be reached first.
import { installTrampolines } from './clock/index.ts';
import { startWatchdog } from './loop/index.ts';
import { noteProcessState } from './runner/process-state.ts';
import { mayImport, redirectSubmissions } from './submission/redirect.ts';
import { holdBuiltIns, noteBuiltIns } from './verdict/built-ins.ts';
import { closeDoors } from './verdict/close-doors.ts';
import { limitConsole } from './verdict/console-budget.ts';
import { watchIncidents } from './verdict/incidents.ts';
import { sealedRun } from './verdict/seal.ts';

// Longer than a right program computes or sleeps in one go, on a slow machine too.
startWatchdog({ killMs: 3000 });
installTrampolines();
watchIncidents();
limitConsole();
redirectSubmissions(process.env['KATAS_FROM']);
noteProcessState();
if (sealedRun() !== null) {
  // The matchers belong to what must stay as it is.
  await import('./verdict/expect.ts');
  closeDoors(mayImport);
  holdBuiltIns();
  noteBuiltIns();
}
