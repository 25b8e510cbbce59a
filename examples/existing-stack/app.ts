import { App } from 'aws-cdk-lib';
import { ScoringStack } from './stack';

const app = new App();
new ScoringStack(app, 'Scoring', {
  vpcId: 'vpc-0a1b2c3d4e5f67890',
  subnetIds: ['subnet-0a1b2c3d4e5f67890', 'subnet-0f9e8d7c6b5a43210'],
});
