import { readSolutionFiles } from '../../catalog/answers.ts';
import { packagesOf } from '../../catalog/kata.ts';
import type { Kata } from '../../catalog/kata.ts';
import { messageOf } from '../../catalog/message-of.ts';
import { drawSeed } from '../../runner/confinement.ts';
import type { ConfinementLimits } from '../../runner/confinement.ts';
import type { KataResult } from '../../runner/kata-result.ts';
import { SessionPool } from '../../runner/session-pool.ts';
import { unknownVerdicts } from '../grade-report.ts';
import type { Grade } from '../grade-report.ts';
import { leavesNothing } from '../policy/leaves-nothing.ts';
import { checkSandbox } from './check-sandbox.ts';
import { fillCompileCache } from './fill-compile-cache.ts';
import { gradeResult } from './grade-result.ts';
import type { Judgement } from './grade-result.ts';
import { harnessHash, submissionHash } from './hashes.ts';
import { keepManifest, namesOf, readManifest } from './manifest.ts';
import { defaultLimits, StudentSandbox } from './student-sandbox.ts';

export interface JudgeOptions {
  /** How many students are judged side by side; default 1. */
  readonly jobs?: number;
  /** Runs answers as whoever runs this, without a sandbox: only for code that is trusted. */
  readonly unsafeNoSandbox?: boolean;
  readonly limits?: Partial<ConfinementLimits>;
}

/** Of one answer. */
export interface AnswerOptions {
  /** The seed of the inputs, 0 to 2³²−1, to repeat a run; otherwise each run draws its own. */
  readonly seed?: number;
}

/** A grade, but for whose it is. */
export type AnswerGrade = Omit<Grade, 'student'>;

/** Runs of an answer that end without a verdict before that is the verdict. */
const mostTries = 3;

/** What one run of an answer says. */
interface Trial extends Judgement {
  readonly allTests: number;
  /** Whether nothing that was judged in its process before could have left anything there. */
  readonly alone: boolean;
}

/**
 * Judges answers that nobody trusts, each student's in a sandbox of their own; Vitest itself stays outside, and is kept from one answer to the next.
 */
export class Judge implements AsyncDisposable {
  readonly #desks: Desk[];
  readonly #idle: Desk[];
  readonly #waiting: ((desk: Desk) => void)[] = [];

  private constructor(desks: Desk[]) {
    this.#desks = desks;
    this.#idle = [...desks];
  }

  /** @throws {SandboxError} where a layer of the sandbox is missing, unless it is not asked for. */
  static async open(options: JudgeOptions = {}): Promise<Judge> {
    const { jobs = 1, unsafeNoSandbox = false } = options;
    if (!Number.isInteger(jobs) || jobs < 1) {
      throw new RangeError(`Expected \`jobs\` to be a positive whole number, got \`${jobs}\`.`);
    }
    const limits = { ...defaultLimits, ...options.limits };
    if (!unsafeNoSandbox) {
      using trial = StudentSandbox.open(limits, { isUnsafe: false });
      await checkSandbox(trial.confinement);
    }
    const known: KnownKatas = { manifests: new Map(), packages: new Set() };
    const desks = Array.from(
      { length: jobs },
      () => new Desk(limits, unsafeNoSandbox, known, (desk) => judge.#release(desk)),
    );
    const judge = new Judge(desks);
    try {
      await desks[0]!.fillCompileCache();
    } catch (error) {
      await judge.close();
      throw error;
    }
    return judge;
  }

  /**
   * A place to judge the answers of one student, as soon as one is free; dispose it when they are judged.
   *
   * @param katas whose tests are learned at once, where nobody knows them: one process serves all these solutions then. Between answers each would start one.
   */
  async takeDesk(katas: readonly Kata[] = []): Promise<Desk> {
    const desk = this.#idle.shift() ?? (await this.#nextFree());
    for (const kata of katas) await desk.learnManifest(kata);
    return desk;
  }

  /** Judges one answer in a sandbox that nothing else was in. */
  async judge(
    kata: Kata,
    files: ReadonlyMap<string, Uint8Array>,
    options: AnswerOptions = {},
  ): Promise<AnswerGrade> {
    using desk = await this.takeDesk();
    return await desk.judge(kata, files, options);
  }

  /** Ends all processes; an answer that is being judged ends as `infrastructure`. */
  async close(): Promise<void> {
    await Promise.all(this.#desks.map((desk) => desk.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #nextFree(): Promise<Desk> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #release(desk: Desk): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(desk);
    else next(desk);
  }
}

/** What the katas that were judged so far tell of those to come; all desks share it. */
interface KnownKatas {
  /** The names of a kata's tests, by its id. */
  readonly manifests: Map<string, Promise<readonly string[]>>;
  /** What answers to them may import. */
  readonly packages: Set<string>;
}

/** Where the answers of one student are judged, one after another: they may share a process, and share none with another student's. */
export class Desk implements Disposable {
  readonly #limits: ConfinementLimits;
  readonly #isUnsafe: boolean;
  readonly #known: KnownKatas;
  readonly #release: (desk: Desk) => void;
  readonly #pool: SessionPool;
  #sandbox: StudentSandbox | null = null;
  /** Of the student after this one. */
  #ahead: StudentSandbox | null = null;
  /** Whether no answer that the process of now has judged could have left anything there. */
  #isPure = false;
  /** Where solutions run, which no answer of a student shares. */
  #solutions: StudentSandbox | null = null;

  constructor(
    limits: ConfinementLimits,
    isUnsafe: boolean,
    known: KnownKatas,
    release: (desk: Desk) => void,
  ) {
    this.#limits = limits;
    this.#isUnsafe = isUnsafe;
    this.#known = known;
    this.#release = release;
    this.#pool = SessionPool.open({ size: 1, limitMs: (limits.seconds + 180) * 1000 });
  }

  /**
   * Judges the student's answer to `kata`. Does not reject: where the machine or the grader failed three times, the verdict says so.
   *
   * What does not pass in a process where an answer before it could have left something is judged again in a sandbox of its own, and only that counts:
   * a global or a dispatcher that another answer left must not make this one red.
   *
   * @param files by the names that the kata gives.
   */
  async judge(
    kata: Kata,
    files: ReadonlyMap<string, Uint8Array>,
    options: AnswerOptions = {},
  ): Promise<AnswerGrade> {
    const began = performance.now();
    let seed = options.seed ?? drawSeed();
    let judgement = await this.#try(kata, files, seed);
    for (let tries = 1; tries < mostTries && !isFinal(judgement); tries += 1) {
      this.#clear();
      seed = options.seed ?? drawSeed();
      judgement = await this.#try(kata, files, seed);
    }
    const isKnown = judgement.verdict === 'pass' || judgement.verdict === 'fail';
    const passed = judgement.tests.filter(({ verdict }) => verdict === 'pass');
    return {
      kata: kata.id,
      verdict: judgement.verdict,
      reason: judgement.reason,
      passedTests: isKnown ? passed.length : 0,
      tests: judgement.tests,
      allTests: judgement.allTests,
      seed: String(seed),
      submission: submissionHash(kata, files),
      harness: harnessHash(kata),
      judgedMs: performance.now() - began,
    };
  }

  /** Learns the names of the kata's tests, and what its answers may import. Does not reject: where that fails, each answer to the kata is told why. */
  async learnManifest(kata: Kata): Promise<void> {
    await this.#manifestOf(kata).catch(() => {});
  }

  /** @throws {Error} where the rehearsal of the grader does not come to its end. */
  async fillCompileCache(): Promise<void> {
    await fillCompileCache(this.#pool, this.#limits, this.#isUnsafe);
  }

  /** Ends what is left of the student's answers, and gives the desk back. */
  [Symbol.dispose](): void {
    this.#clear();
    this.#release(this);
  }

  async close(): Promise<void> {
    await this.#pool.close();
    this.#clear();
    this.#ahead?.[Symbol.dispose]();
    this.#solutions?.[Symbol.dispose]();
  }

  async #try(kata: Kata, files: ReadonlyMap<string, Uint8Array>, seed: number): Promise<Trial> {
    let manifest: readonly string[] = [];
    try {
      manifest = await this.#manifestOf(kata);
      const [result, isHarmless] = await Promise.all([
        this.#run(kata, files, seed),
        // Read meanwhile, since this process has nothing else to do.
        leavesNothing(files),
      ]);
      const alone = this.#noteUse(result, isHarmless);
      return { ...gradeResult(result, manifest), allTests: manifest.length, alone };
    } catch (error) {
      return {
        verdict: 'infrastructure',
        reason: messageOf(error),
        tests: [],
        allTests: manifest.length,
        alone: true,
      };
    }
  }

  async #run(
    kata: Kata,
    files: ReadonlyMap<string, Uint8Array>,
    seed: number,
  ): Promise<KataResult> {
    this.#sandbox ??= this.#takeAhead();
    this.#sandbox.put(kata, files);
    const { answers: submission, confinement } = this.#sandbox;
    const result = this.#pool.run(kata, {
      submission,
      confinement,
      seed,
      shareProcess: true,
    });
    this.#prepareNext();
    return await result;
  }

  /** Whether the process of `result` was as good as fresh before the answer came, and whether it still is. */
  #noteUse(result: KataResult, isHarmless: boolean): boolean {
    const wasPure = result.confined?.shared === false || this.#isPure;
    const isWhole = result.tests.every(({ seal }) => (seal?.changed ?? null) === null);
    this.#isPure = wasPure && isWhole && isHarmless;
    return wasPure;
  }

  #takeAhead(): StudentSandbox {
    const ahead = this.#ahead ?? this.#open();
    this.#ahead = null;
    return ahead;
  }

  /** While an answer is judged, a process starts for it to be judged alone, or for the next student. */
  #prepareNext(): void {
    this.#ahead ??= this.#open();
    this.#pool.prepare(this.#ahead.confinement, [...this.#known.packages]);
  }

  #open(): StudentSandbox {
    return StudentSandbox.open(this.#limits, { isUnsafe: this.#isUnsafe });
  }

  /** The names of the kata's tests, told by a run of its solution in a sandbox: so it is known, too, that a right answer passes here. */
  async #manifestOf(kata: Kata): Promise<readonly string[]> {
    const { manifests, packages } = this.#known;
    // No answer is judged before this: so the process for those to come is told of them in time.
    for (const name of packagesOf(kata)) packages.add(name);
    const known = manifests.get(kata.id);
    if (known !== undefined) return await known;
    const kept = readManifest(kata);
    const found = kept === null ? this.#tellManifest(kata) : Promise.resolve(kept);
    manifests.set(kata.id, found);
    try {
      return await found;
    } catch (error) {
      manifests.delete(kata.id);
      throw error;
    }
  }

  async #tellManifest(kata: Kata): Promise<readonly string[]> {
    const student = this.#sandbox;
    this.#sandbox = this.#solutions;
    try {
      const result = await this.#run(kata, readSolutionFiles(kata), drawSeed());
      const names = namesOf(result);
      const { verdict, reason } = gradeResult(result, names);
      if (verdict !== 'pass' || names.length === 0) {
        throw new Error(
          `Expected the solution of ${kata.id} to pass in the sandbox, got ${verdict}${reason === null ? '' : `: ${reason}`}`,
        );
      }
      keepManifest(kata, names);
      return names;
    } finally {
      this.#solutions = this.#sandbox;
      this.#sandbox = student;
    }
  }

  #clear(): void {
    if (this.#sandbox !== null) this.#pool.drop();
    this.#sandbox?.[Symbol.dispose]();
    this.#sandbox = null;
  }
}

function isFinal({ verdict, alone }: Trial): boolean {
  return verdict === 'pass' || (alone && !unknownVerdicts.has(verdict));
}
