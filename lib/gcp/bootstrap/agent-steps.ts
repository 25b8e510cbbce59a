import type { BootstrapStep } from '../../plan/bootstrap-step';
import type { PlanOn } from '../../plan/platform-plan';
import { AGENTS_TO_MAKE, type AgentCreation, type AgentId, agentMember, tableRow } from '../services/service-agents';
import type { Target } from '../target';
import { bindOnProject } from './bind-on-project';

/**
 * Makes the agents of services and gives them the roles that they work with.
 * Source: IAM documentation, "Create and grant roles to service agents": agents that somebody asked for get no roles by
 * themselves.
 */
export function agentSteps({ spec: { gcp } }: PlanOn<'gcp'>): readonly BootstrapStep[] {
  return [
    {
      title: 'Make the agents of the services',
      why: 'They encrypt with the keys of the platform and publish its alerts. Google makes each at the first use of its service, but a grant to one that is not there yet fails. One that exists is named and stays.',
      commands: AGENTS_TO_MAKE.flatMap((id) => creationCommands(id, gcp)),
    },
    {
      title: 'Give the agents the roles that their services work with',
      why: 'Google gives them only to agents that it makes by itself; without them triggers, jobs and endpoints are refused. One that is there stays. An agent that was made just now may not be known yet: then run this step again.',
      commands: AGENTS_TO_MAKE.flatMap((id) => roleCommands(id, gcp)),
    },
  ];
}

/** Commands that make an agent, or say who it is where it exists. */
export function creationCommands(id: AgentId, { project }: Pick<Target, 'project'>): readonly string[] {
  const { api, creation } = tableRow(id);
  const commands: Readonly<Record<AgentCreation, readonly string[]>> = {
    identity: [`gcloud beta services identity create --service=${api} --project=${project}`],
    storage: [`gcloud storage service-agent --project=${project}`],
    bigquery: [`bq show --encryption_service_account --project_id=${project}`],
    there: [],
  };
  return commands[creation];
}

/** Commands that give an agent its role on the project. */
export function roleCommands(id: AgentId, target: Pick<Target, 'project' | 'projectNumber'>): readonly string[] {
  const { role } = tableRow(id);
  return role === undefined ? [] : [bindOnProject(target.project, agentMember(id, target), role)];
}
