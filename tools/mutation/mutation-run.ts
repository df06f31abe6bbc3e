import type { Lane, Outcome } from './lane.js';
import { isInTheDatabase, mutate, type Mutation } from './mutation.js';

/** Switches one defence off after the other, and says which of them the specs miss. */
export class MutationRun {
  constructor(
    private readonly lanes: readonly Lane[],
    private readonly say: (line: string) => void,
  ) {}

  /** Whether the specs pass with every defence on, and each defence that is off makes one of its specs fail. */
  async play(mutations: readonly Mutation[]): Promise<boolean> {
    const began = performance.now();
    // A list that does not fit is found out before anything is run.
    const texts = new Map(mutations.map((mutation) => [mutation, mutate(mutation, this.lanes[0]?.read(mutation.file) ?? '')]));
    if (!(await this.#passesUntouched(mutations))) return false;
    const orders = [...mutations].sort((one, other) => Number(isInTheDatabase(one)) - Number(isInTheDatabase(other)));
    const verdicts = await this.#share(orders, (lane, mutation) => this.#tryOut(lane, mutation, texts.get(mutation) ?? ''));
    const missed = orders.filter((_, index) => !verdicts[index]).map(({ name }) => name);
    const seconds = Math.round((performance.now() - began) / 1_000);
    this.say(`\n${orders.length - missed.length} of ${orders.length} caught in ${seconds} s.`);
    if (missed.length > 0) this.say(`Not caught:\n${missed.map((name) => `  ${name}`).join('\n')}`);
    return missed.length === 0;
  }

  /** A spec that fails anyway shows nothing. */
  async #passesUntouched(mutations: readonly Mutation[]): Promise<boolean> {
    const specs = [...new Set(mutations.flatMap((mutation) => mutation.specs))];
    this.say(`${mutations.length} defences, ${specs.length} files of specs; first with every defence on.`);
    // One at a time, because a lane gives up on what takes too long, and all of them together do.
    const outcomes = await this.#share(specs, (lane, spec) => lane.carryOut({ inDatabase: false, specs: [spec] }));
    for (const { broken, failures } of outcomes) {
      if (broken) this.say(`BROKEN with every defence on: ${broken}`);
      for (const { spec, test } of failures) this.say(`FAILS with every defence on: ${spec}: ${test}`);
    }
    const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
    this.say(`${passed} tests pass with every defence on.\n`);
    return outcomes.every(({ broken, failures }) => !broken && failures.length === 0);
  }

  async #tryOut(lane: Lane, mutation: Mutation, text: string): Promise<boolean> {
    const { name, file, specs } = mutation;
    const outcome = await lane.carryOut({ change: { file, text }, inDatabase: isInTheDatabase(mutation), specs });
    this.say(`${wordsOf(outcome)}  ${name} (${outcome.seconds} s)${byWhom(outcome)}`);
    return outcome.failures.length > 0;
  }

  /** Gives each lane the next piece of work as soon as it is free. */
  async #share<Work, Result>(pieces: readonly Work[], work: (lane: Lane, piece: Work) => Promise<Result>): Promise<Result[]> {
    const results: Result[] = [];
    const queue = pieces.entries();
    const worker = async (lane: Lane): Promise<void> => {
      for (const [index, piece] of queue) results[index] = await work(lane, piece);
    };
    await Promise.all(this.lanes.map(worker));
    return results;
  }
}

function wordsOf({ broken, failures }: Outcome): string {
  return failures.length > 0 ? 'caught  ' : broken ? 'BROKEN  ' : 'SURVIVED';
}

function byWhom({ broken, failures }: Outcome): string {
  const [first] = failures;
  return first ? `\n          ${first.spec}: ${first.test}\n          ${first.said}` : broken ? `\n${broken}` : '';
}
