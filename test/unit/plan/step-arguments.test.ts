import { describe, expect, test } from 'vitest';
import { gateFloor, holds } from '../../../lib/plan/pipeline/gate';
import type { GatePlan } from '../../../lib/plan/pipeline/pipeline-plan';
import { stepArguments } from '../../../lib/plan/pipeline/step-arguments';
import type { ContainerStep } from '../../../lib/plan/pipeline/step-plan';
import { ON_CLUSTER, plannedPipeline, WITH_CLUSTER } from '../../support/pipeline-spec';

const PLACES = {
  input: (argument: string) => `in/${argument}`,
  output: (argument: string) => `out/${argument}`,
  metrics: 'm',
  checkpoints: 'c',
};

describe('arguments of a step', () => {
  const given = (name: string) =>
    stepArguments(plannedPipeline().steps.find((step) => step.name === name) as ContainerStep, PLACES).join(' ');

  test('are its inputs, outputs and parameters', () => {
    expect(given('prepare')).toBe(
      '--transactions in/transactions --labels in/labels --train out/train --test out/test --days 90 --with-weekends true --currency EUR',
    );
  });

  test('are checkpoints on the batch cluster always', () => {
    const step = plannedPipeline(ON_CLUSTER, WITH_CLUSTER).steps.find(({ name }) => name === 'train') as ContainerStep;
    expect(stepArguments(step, PLACES).join(' ')).toBe(
      '--train in/train --labels in/labels --model out/model --rounds 200 --checkpoints c',
    );
  });

  test('are checkpoints on spot machines only, and metrics where some are declared', () => {
    expect(given('train')).toBe('--train in/train --model out/model --rounds 200 --checkpoints c');
    expect(given('evaluate')).toBe('--model in/model --test in/test --report out/report --metrics m');
  });
});

describe('the gate', () => {
  const gate = (must: GatePlan['must'], betterThanChampionBy?: number): GatePlan => ({
    of: { step: 'evaluate', metric: 'auc' },
    must,
    value: 0.5,
    ...(betterThanChampionBy === undefined ? {} : { betterThanChampionBy }),
  });

  test('holds at its threshold', () => {
    expect([0.4, 0.5, 0.6].map((measured) => holds(gate('atLeast'), measured))).toEqual([false, true, true]);
    expect([0.4, 0.5, 0.6].map((measured) => holds(gate('atMost'), measured))).toEqual([true, true, false]);
    expect(holds(gate('atLeast'), Number.NaN) || holds(gate('atMost'), Number.NaN)).toBe(false);
  });

  test.each<[GatePlan, number | undefined, number]>([
    [gate('atLeast', 0.25), undefined, 0.5],
    [gate('atLeast'), 0.75, 0.5],
    [gate('atLeast', 0.25), 0.125, 0.5],
    [gate('atMost', 0.25), 1, 0.5],
  ])('%j is, against a champion at %s, at %s', (made, champion, floor) => {
    expect(gateFloor(made, champion)).toBe(floor);
  });

  test.each<[GatePlan, number | undefined, number | undefined, number | undefined]>([
    [gate('atLeast', 0.25), 0.75, 0.625, 0.75],
    [gate('atLeast', 0.25), 0.625, 0.75, 0.75],
    [gate('atMost', 0.25), 0.5, 0.625, 0.5],
    [gate('atMost', 0.25), 0.625, 0.5, 0.5],
    [gate('atLeast', 0.25), 0.75, undefined, 0.75],
    [gate('atLeast', 0.25), undefined, 0.75, 0.75],
    [gate('atLeast', 0.25), undefined, undefined, undefined],
  ])('%j is, against a champion at %s and a challenger at %s, that against %s', (made, champion, challenger, best) => {
    expect(gateFloor(made, champion, challenger)).toBe(gateFloor(made, best));
  });

  test.each<[GatePlan, number, number]>([
    [gate('atLeast', 0.25), 0.75, 1],
    [gate('atLeast', 0), 0.75, 0.75],
    [gate('atLeast', 0.1), 0.7, 0.8],
    [gate('atLeast', 0), 1e12, 1e12],
    [gate('atMost', 0.25), 0.5, 0.25],
    [gate('atMost', 0.2), 0.3, 0.1],
    [gate('atMost', 0), -3, -3],
  ])('%j lets pass, against a champion at %s, what is at %s and nothing worse', (made, champion, just) => {
    const floor = { must: made.must, value: gateFloor(made, champion) };
    expect(holds(floor, just)).toBe(true);
    // What JSONata writes of a number, whose digits it cuts.
    expect(holds({ ...floor, value: Number(floor.value.toPrecision(15)) }, just)).toBe(true);
    const worse = Math.max(1, Math.abs(just)) * 1e-11 * (made.must === 'atLeast' ? -1 : 1);
    expect(holds(floor, just + worse)).toBe(false);
  });
});
