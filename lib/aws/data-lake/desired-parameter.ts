import { Stack } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { NAME_RULES } from '../../plan/names';
import { type DesiredTable, MAX_DESIRED_TABLE_BYTES } from '../../plan/table-columns';

/** Room for a value that only a deployment knows: the longest is a bucket's name. */
const LONGEST_UNKNOWN = NAME_RULES.bucket.max;

export interface DesiredParameterProps {
  readonly parameterName: string;
  readonly table: DesiredTable;
  /** What a row of the dataset is. */
  readonly description?: string;
}

/**
 * The parameter that carries the desired table of a dataset. Writing it makes the event that starts the machine. It
 * takes the tier that its size needs; an advanced parameter never becomes a standard one again, so the tier is left to
 * Parameter Store.
 */
export class DesiredParameter extends Construct {
  /** @throws Error when there are more columns than a parameter can hold. */
  constructor(scope: Construct, id: string, props: DesiredParameterProps) {
    super(scope, id);
    const value = Stack.of(this).toJsonString(props.table);
    const bytes = sizeOnceKnown(JSON.stringify(props.table));
    if (bytes > MAX_DESIRED_TABLE_BYTES)
      throw new Error(
        `${this.node.path}: the table '${props.table.table}' with ${props.table.columns.length} columns takes ${bytes} bytes to describe, and a parameter of Parameter Store holds ${MAX_DESIRED_TABLE_BYTES}. Take columns away, shorten their names, or divide the dataset.`,
      );
    new ssm.CfnParameter(this, 'Resource', {
      name: props.parameterName,
      type: 'String',
      tier: 'Intelligent-Tiering',
      value,
      description: props.description ?? `Desired columns of ${props.table.table}`,
    });
  }
}

const sizeOnceKnown = (text: string): number =>
  Buffer.byteLength(text.replaceAll(/\$\{Token\[[^\]]*\]\}/g, 'x'.repeat(LONGEST_UNKNOWN)));
