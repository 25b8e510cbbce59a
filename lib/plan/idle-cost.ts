/** Something that is paid for while nothing trains and nothing serves. */
export interface IdleCost {
  /** What is paid for, as the bill says it. */
  readonly what: string;
  readonly count: number;
  /** What the price is for: `hour` and `month` are of one each. */
  readonly per: 'hour' | 'month';
  /** Where the number comes from. */
  readonly why: string;
}
