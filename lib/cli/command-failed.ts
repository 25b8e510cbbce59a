/** A command cannot go on, and it is no fault of ours: the text says why and what to do. */
export class CommandFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CommandFailed';
  }
}
