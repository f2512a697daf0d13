import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { describeJplag } from './describe-jplag.ts';

test.skipIf(process.platform === 'win32').for(['/tmp/jplag', "/tmp/Ada's class", '/tmp/$(ls);#'])(
  'a shell reads the words of the command for %j as they are meant',
  (folder) => {
    const line = describeJplag(folder, new Map([['03-three-fetches', 2]]));

    const words = execFileSync('sh', ['-c', line.replace(/^.*?: java/, `printf '%s\\n'`)]);

    expect(words.toString().trimEnd().split('\n')).toEqual([
      '-jar',
      'jplag.jar',
      '-l',
      'typescript',
      '--bc',
      `${folder}/03-three-fetches/base`,
      '-r',
      `${folder}/03-three-fetches-result`,
      `${folder}/03-three-fetches/submissions`,
    ]);
  },
);
