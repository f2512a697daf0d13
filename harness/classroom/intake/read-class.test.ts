import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { katas, MadeClass, takenOf, zipOf } from './fixtures/made-class.ts';
import { readClass } from './read-class.ts';

const answer = '03-three-fetches/three-fetches.ts';

test('reads a folder for each student, wherever the katas lie in it', async () => {
  using made = new MadeClass();
  made.write(`ada/katas/${answer}`, 'a').write(`bob/${answer}`, 'b');
  made.write(`cyd/event-loop-katas-main/katas/${answer}`, 'c').write('dan/three-fetches.ts', 'd');

  const { submissions, problems } = await readClass(made.directory, { katas });

  expect(takenOf(submissions)).toEqual({
    'ada 03-three-fetches/three-fetches.ts': 'a',
    'bob 03-three-fetches/three-fetches.ts': 'b',
    'cyd 03-three-fetches/three-fetches.ts': 'c',
    'dan 03-three-fetches/three-fetches.ts': 'd',
  });
  expect([...problems, ...submissions.flatMap((one) => one.problems)]).toEqual([]);
});

test('reads a zip for each student, and a zip in a folder or in a zip', async () => {
  using made = new MadeClass();
  const inner = await zipOf({ [`katas/${answer}`]: 'inner' });
  await made.writeZip('ada.zip', { [answer]: 'a', '25-process-pool/pool-child.ts': 'child' });
  await made.writeZip('cyd.zip', { 'homework/answers.zip': inner });
  made.write('bob/answers.zip', inner);

  const { submissions } = await readClass(made.directory, { katas });

  expect(takenOf(submissions)).toEqual({
    'ada 03-three-fetches/three-fetches.ts': 'a',
    'ada 25-process-pool/pool-child.ts': 'child',
    'bob 03-three-fetches/three-fetches.ts': 'inner',
    'cyd 03-three-fetches/three-fetches.ts': 'inner',
  });
});

test('reads what Moodle, Canvas and GitHub give', async () => {
  using made = new MadeClass();
  made.write(`Ada Lovelace_101_assignsubmission_file_/${answer}`, 'moodle');
  made.write('Ada Lovelace_101_assignsubmission_onlinetext_/onlinetext.html', 'Dear teacher');
  await made.writeZip('Bob Bauer_102_assignsubmission_file_answer.zip', { [answer]: 'moodle zip' });
  await made.writeZip('curiemarie_201_9001_answer-2.zip', { [answer]: 'canvas' });
  made.write('hopper_LATE_202_9002_three-fetches-1.ts', 'canvas, one file');
  made.write('hopper_LATE_202_9003_process-pool.ts', 'and another');
  made.write(`homework-jean-luc/katas/${answer}`, 'github').write('homework-jean-luc/.git/HEAD');
  made.write(`homework-kay/katas/${answer}`, 'github').write('homework-kay/.git/HEAD');

  const { submissions, problems } = await readClass(made.directory, { katas });

  expect(problems).toEqual([]);
  expect(takenOf(submissions)).toEqual({
    '101 03-three-fetches/three-fetches.ts': 'moodle',
    '102 03-three-fetches/three-fetches.ts': 'moodle zip',
    '201 03-three-fetches/three-fetches.ts': 'canvas',
    '202 03-three-fetches/three-fetches.ts': 'canvas, one file',
    '202 25-process-pool/process-pool.ts': 'and another',
    'jean-luc 03-three-fetches/three-fetches.ts': 'github',
    'kay 03-three-fetches/three-fetches.ts': 'github',
  });
  expect(submissions[0]).toMatchObject({ student: { name: 'Ada Lovelace' }, submittedAt: null });
});

test('finds in a roster whose a hand-in is, and who handed in nothing', async () => {
  using made = new MadeClass();
  made.write(`Ada Lovelace_7_assignsubmission_file_/${answer}`, 'ada');
  await made.writeZip('curiemarie_201_9001_answer.zip', { [answer]: 'marie' });
  made.write(`hw-x-kay/${answer}`, 'kay').write('hw-x-kay/.git/HEAD');
  made.write(`grace@example.org/${answer}`, 'grace');
  made.write(
    'students.csv',
    `\ufeffID;Name;EMAIL;Submitted_At;GitHub
s1;Ada Lovelace;ada@example.org;2026-03-01T10:00:00Z;
s2;Marie Curie;marie@example.org;;
s3;Alan Kay;ak@example.org;;x-kay
s4;"Hopper, Grace";grace@example.org;;
7;Edsger Dijkstra;ewd@example.org;soon;
`,
  );

  const { submissions, problems } = await readClass(made.directory, {
    katas,
    roster: made.path('students.csv'),
  });

  expect(Object.values(takenOf(submissions))).toEqual(['ada', 'marie', 'kay', 'grace']);
  expect(submissions.map(({ student }) => student.id)).toEqual(['7', 's1', 's2', 's3', 's4']);
  expect(submissions[0]).toMatchObject({ source: '', student: { name: 'Edsger Dijkstra' } });
  expect(submissions[1]!.submittedAt).toEqual(new Date('2026-03-01T10:00:00Z'));
  expect(problems).toEqual([expect.stringContaining('got "soon"')]);
});

test('guesses nobody: what could be of two students, or of none, is filed under its own name', async () => {
  using made = new MadeClass();
  made.write(`Ada Lovelace_1_assignsubmission_file_/${answer}`).write(`eve/${answer}`);
  made.write('roster.csv', 'id,name\ns1,Ada Lovelace\ns2,ada lovelace\n1,Eve L\n');

  const { submissions, problems } = await readClass(made.directory, {
    katas,
    roster: made.path('roster.csv'),
  });

  expect(
    submissions.filter(({ source }) => source !== '').map(({ student }) => student.id),
  ).toEqual(['1 (not on the roster)', 'eve']);
  expect(problems.join('\n')).toMatch(/could belong to s1 and s2[\s\S]*eve belongs to nobody/);
});

test('takes the first of two hand-ins of one student, and says so', async () => {
  using made = new MadeClass();
  made.write(`ada/${answer}`, 'folder');
  await made.writeZip('ada.zip', { [answer]: 'zip', '25-process-pool/process-pool.ts': 'zip' });

  const { submissions, problems } = await readClass(made.directory, { katas });

  expect(Object.values(takenOf(submissions))).toEqual(['folder']);
  expect(problems).toEqual(['ada handed in twice, as ada and ada.zip: the first was taken.']);
});

test('reads the folder of one student', async () => {
  using made = new MadeClass();
  made.write(`ada/katas/${answer}`, 'a');

  const { submissions } = await readClass(made.path('ada'), { katas });

  expect(takenOf(submissions)).toEqual({ 'ada 03-three-fetches/three-fetches.ts': 'a' });
});

test.each([
  ['name,email\nAda,a@b.c\n', 'Expected a column "id"'],
  ['id,name\n1,Ada\n1,Bob\n', 'Expected each id once'],
  ['id,name\n"1,Ada\n', 'cannot be read as CSV'],
])('stops where a roster would file grades under the wrong student: %j', async (csv, message) => {
  using made = new MadeClass();
  made.write('roster.csv', csv);

  const reading = readClass(made.directory, { katas, roster: made.path('roster.csv') });

  await expect(reading).rejects.toThrow(message);
});

test('stops where there is no folder', async () => {
  using made = new MadeClass();

  await expect(readClass(made.path('none'), { katas })).rejects.toThrow('Expected a folder');
});

test.each([
  ['three-fetches (1).ts', 'three-fetches (1).ts was not taken: the file is called'],
  ['threeFetches - Copy.ts.txt', 'threeFetches - Copy.ts.txt was not taken: the file is called'],
  ['03-three-fetches/fetches.ts', '03-three-fetches holds no'],
])('says of a file with another name that it was not taken: %s', async (name, sentence) => {
  using made = new MadeClass();
  made.write('ada/process-pool.ts').write(`ada/${name}`);

  const { submissions } = await readClass(made.directory, { katas });

  expect(submissions[0]!.problems).toEqual([`03-three-fetches: ${sentence} three-fetches.ts.`]);
  expect(Object.keys(takenOf(submissions))).toEqual(['ada 25-process-pool/process-pool.ts']);
});

test('says of an empty folder and of an empty zip that they are empty', async () => {
  using made = new MadeClass();
  mkdirSync(made.path('ada'));
  await made.writeZip('bob.zip', {});

  const { submissions } = await readClass(made.directory, { katas });

  expect(submissions.map(({ problems }) => problems)).toEqual([
    ['The folder is empty.'],
    ['The zip is empty.'],
  ]);
});

test('stops where nobody handed in anything', async () => {
  using made = new MadeClass();

  await expect(readClass(made.directory, { katas })).rejects.toThrow(/^Expected a folder, zip or/);
});

test.each([
  ['names nobody', 'id,name\n', 'Expected students in the roster'],
  ['gives a folder to two', 'id,folder\n1,Ada L\n2,ada-l\n', 'Expected each folder once'],
  ['has a column twice', 'id,name,ID\n1,Ada,2\n', 'it has two columns "id".'],
  ['is not UTF-8', Buffer.from('id,name\n1,J\xfcrgen\n', 'latin1'), 'to be UTF-8.'],
])('refuses a roster that %s', async (_, roster, sentence) => {
  using made = new MadeClass();
  made.write('class/ada/three-fetches.ts').write('roster.csv', roster);

  const options = { katas, roster: made.path('roster.csv') };

  await expect(readClass(made.path('class'), options)).rejects.toThrow(sentence);
});

test('guesses no time: a student of whom it cannot be read is not late, and it is told', async () => {
  using made = new MadeClass();
  made.write('class/1/three-fetches.ts');
  made.write('roster.csv', 'id,submitted_at\n1,1.4.2026 08:00\n');

  const options = { katas, roster: made.path('roster.csv') };
  const { submissions, problems } = await readClass(made.path('class'), options);

  expect(submissions[0]!.submittedAt).toBeNull();
  expect(problems).toEqual([expect.stringContaining('got "1.4.2026 08:00"')]);
});
