import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import {
  Alerts,
  customerKey,
  DataLake,
  Locks,
  ModelRegistry,
  Monitoring,
  Network,
  ServingEndpoint,
  TrainingCluster,
} from 'mlops-constructs/aws';

export interface ScoringStackProps extends StackProps {
  /** The company's own network. */
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
}

/** A stack that a team has already, to which it adds a lake, trainings, and a model that serves. */
export class ScoringStack extends Stack {
  constructor(scope: Construct, id: string, props: ScoringStackProps) {
    super(scope, id, props);

    // What was here before.
    const inbox = new s3.Bucket(this, 'Inbox', {
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(7) }],
    });
    const importer = new iam.Role(this, 'Importer', { assumedBy: new iam.ServicePrincipal('glue.amazonaws.com') });
    inbox.grantRead(importer);

    // What this library adds, with the native types of the CDK going in and out.
    const key = customerKey(this, 'Key', {
      description: 'Scoring',
      services: ['logs', 'log-delivery', 'alarms', 'events', 'budgets', 'sns'],
    });
    const alerts = new Alerts(this, 'Alerts', { email: ['scoring@example.com'], encryptionKey: key });
    const locks = new Locks(this, 'Locks', { encryptionKey: key });
    const lake = new DataLake(this, 'Lake', {
      zones: { raw: { retention: '90 days' }, curated: {} },
      datasets: { applications: { zone: 'curated', columns: { id: 'string', income: 'double', ts: 'timestamp' } } },
      encryptionKey: key,
      operationsKey: key,
      alerts,
      locks,
    });
    lake.grants.write('raw', importer);

    const network = Network.fromIds(this, 'Network', { vpcId: props.vpcId, subnetIds: props.subnetIds });
    const cluster = new TrainingCluster(this, 'Training', {
      network,
      cluster: { kind: 'managed', machine: 'large', maxRuntime: '4 hours' },
      reads: ['applications'],
      grantors: lake.grantors,
      encryptionKey: key,
      alerts,
    });
    const registry = new ModelRegistry(this, 'Registry', { model: 'credit-score', alerts, encryptionKey: key });

    // Approving a version in the registry rolls it out: to half of the traffic first, and back if an alarm goes off. This
    // stack has the shell of the endpoint only: delete the endpoint before it, or have `Operations` in another stack do so.
    const endpoint = new ServingEndpoint(this, 'Serving', {
      registry,
      network,
      repository: cluster.repository,
      artifacts: cluster.artifacts,
      encryptionKey: key,
      operationsKey: key,
      alerts,
      locks,
      serving: {
        machine: 'large',
        replicas: { min: 2, max: 6 },
        rollout: { strategy: 'canary', size: '50%', bake: '15 minutes' },
      },
      monitoring: { latencyP95: '150 ms', errorRate: '1%' },
    });
    const { serving, monitoring } = endpoint.plan;
    const watched = { model: registry.model, endpointName: endpoint.endpointName, serving, monitoring };
    new Monitoring(this, 'Monitoring', { ...watched, alerts });

    const website = new iam.Role(this, 'Website', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    endpoint.grants.invoke(website);

    const scientists = new iam.Role(this, 'Scientists', { assumedBy: new iam.AccountRootPrincipal() });
    cluster.grants.submit(scientists);
    registry.grants.read(scientists);
  }
}
