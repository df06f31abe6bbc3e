import type { AttackCase } from '#testing/attacks/attack-case.js';
import { AttackStage, allOf } from '#testing/attacks/attack-stage.js';
import { DEFINITION_CASES } from '#testing/attacks/definition.cases.js';
import { IDENTITY_CASES } from '#testing/attacks/identity.cases.js';
import { ORACLE_CASES } from '#testing/attacks/oracle.cases.js';
import { REACH_CASES } from '#testing/attacks/reach.cases.js';
import { SESSION_CASES } from '#testing/attacks/session.cases.js';
import { TIERS } from '#testing/test-platform.js';

const CASES = [...IDENTITY_CASES, ...DEFINITION_CASES, ...ORACLE_CASES, ...SESSION_CASES, ...REACH_CASES];

describe.each(TIERS)('an attacker who runs any SQL in the %s tier', (tier) => {
  let stage: AttackStage;
  let truth: unknown;
  let usual: Awaited<ReturnType<AttackStage['victimSees']>>;

  beforeAll(async () => {
    stage = await AttackStage.open(tier);
    truth = await stage.truth();
    usual = await stage.victimSees();
  });
  afterAll(() => stage.close());

  const answersOf = ({ answers }: AttackCase): readonly string[] => ('length' in answers ? answers : answers[tier]);

  it.each(CASES)('$id: $does → $answers', async (attack) => {
    const expected = answersOf(attack);
    const outcomes = await stage.perform(attack);

    const words = outcomes.map((outcome, step) => stage.inWordsOf(expected[step]!, outcome));
    expect(words.map((word, step) => (expected[step]!.split('|').includes(word) ? expected[step] : word))).toEqual(expected);

    const given = outcomes.map(allOf).join('\n');
    for (const secret of stage.secrets) expect(given).not.toContain(secret);
    expect(await stage.truth()).toEqual(truth);

    const { pid, ...sees } = await stage.victimSees();
    expect(sees).toEqual({ alone: usual.alone, written: usual.written });
    if (tier !== 'database') expect(pid === usual.pid ? 'kept' : 'replaced').toBe(attack.connection);
    usual = { ...usual, pid };
  });
});
