import { Stack } from 'aws-cdk-lib';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';
import type { PlatformNames } from '../../plan/names';
import { allow } from '../access/grant-statement';
import type { Grantors } from '../access/grantors';
import type { IDataLake } from '../data-lake/data-lake';
import { grantHearJobs, grantRuns } from './pipeline-grants';

export interface StartGrantsProps {
  readonly names: PlatformNames;
  /** Name of the pipeline. */
  readonly pipeline: string;
  /** Whether steps of it are processing jobs. */
  readonly processes: boolean;
  readonly repository: ecr.IRepository;
  /** The lake whose datasets are frozen, if any are. */
  readonly lake?: IDataLake;
}

/**
 * What is granted to the machine that starts runs beyond what the owners of things grant. It looks images up and pulls none;
 * it reads tables by queries. Source: Service Authorization Reference, "Amazon SageMaker AI": runs are resources below
 * their pipeline.
 */
export function startGrantors(scope: Construct, props: StartGrantsProps) {
  const stack = Stack.of(scope);
  return {
    pipeline: (_verb, _name, to) => {
      grantRuns(stack, props.pipeline, to);
      if (props.processes) grantHearJobs(stack, to);
    },
    repository: (_verb, _name, to) => allow(to, ['ecr:DescribeImages'], [props.repository.repositoryArn]),
    parameter: (_verb, name, to) => {
      const parameter = props.names.parameter(...name.split('/'));
      const arn = stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: parameter.slice(1) });
      allow(to, ['ssm:GetParameter'], [arn]);
    },
    ...(props.lake === undefined ? {} : datasets(props.lake)),
  } as const satisfies Grantors;
}

function datasets({ grants, grantors }: IDataLake): Required<Pick<Grantors, 'dataset'>> {
  return {
    dataset: (verb, name, to) => {
      grantors.dataset(verb, name, to);
      grants.query(to);
    },
  };
}
