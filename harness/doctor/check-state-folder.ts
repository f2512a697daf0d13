import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../catalog/message-of.ts';
import { projectRoot } from '../trace/source-location.ts';
import type { Finding } from './finding.ts';

/** Tells whether the commands can keep what they remember: your versions, hints, verdicts. */
export function checkStateFolder(folder: string = path.join(projectRoot, '.kata')): Finding {
  const name = '.kata';
  const probe = path.join(folder, `doctor-${process.pid}`);
  try {
    if (!existsSync(folder)) mkdirSync(folder);
    writeFileSync(probe, '');
    rmSync(probe);
    return { name, state: 'ok', text: 'can be written' };
  } catch (error) {
    return {
      name,
      state: 'wrong',
      text: `cannot be written: ${messageOf(error)}`,
      advice: `The commands keep your versions there. Let your user write to ${folder}.`,
    };
  }
}
