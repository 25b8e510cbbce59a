/** A stack that was written, as the command tells of it. */
export interface Synthesised {
  readonly name: string;
  readonly resources: number;
}
