/** A step did not do what the contract asks of it: the text says what, and what to do. */
export class StepFailed extends Error {
  constructor(
    message: string,
    /** data-invalid: the step did its work, and the data is not as it should be. */
    readonly outcome: 'failed' | 'data-invalid' = 'failed',
  ) {
    super(message);
    this.name = 'StepFailed';
  }
}
