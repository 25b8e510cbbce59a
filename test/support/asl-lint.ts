import validate from 'asl-validator';

/**
 * What npm's asl-validator finds in a machine without running it: fields against the states language's JSON schema,
 * transitions to states that do not exist, states nothing leads to, machines that cannot end, JSONPath syntax.
 *
 * @returns one line a finding, such as `MISSING_TRANSITION_TARGET: …`
 */
export function lintAsl(definition: object): readonly string[] {
  // asl-validator writes defaults into what it is given
  const { errors } = validate(structuredClone(definition), { checkPaths: true, checkArn: true });
  return errors.map((error) => {
    const where = error.schemaError ? ` (${error.schemaError.instancePath}, ${error.schemaError.schemaPath})` : '';
    return `${error['Error code']}: ${error.Message}${where}`;
  });
}
