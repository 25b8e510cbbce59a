import { resolve } from 'node:path';
import { judgePython } from './describe-judge';
import { JudgeProcess } from './python-process';

const SCRIPT = resolve(__dirname, '../judges/google-api/main.py');

/** Custom endpoints of the provider, by the environment variable that sets each, as Google's own addresses. */
const ENDPOINTS: Readonly<Record<string, string>> = {
  ARTIFACT_REGISTRY: 'artifactregistry.googleapis.com/v1/',
  BIGQUERY_CONNECTION: 'bigqueryconnection.googleapis.com/v1/',
  BIG_QUERY: 'bigquery.googleapis.com/bigquery/v2/',
  BILLING: 'billingbudgets.googleapis.com/v1/',
  CLOUD_SCHEDULER: 'cloudscheduler.googleapis.com/v1/',
  COMPUTE: 'compute.googleapis.com/compute/v1/',
  DNS: 'dns.googleapis.com/dns/v1/',
  EVENTARC: 'eventarc.googleapis.com/v1/',
  IAM: 'iam.googleapis.com/v1/',
  KMS: 'cloudkms.googleapis.com/v1/',
  LOGGING: 'logging.googleapis.com/v2/',
  MONITORING: 'monitoring.googleapis.com/',
  PUBSUB: 'pubsub.googleapis.com/v1/',
  RESOURCE_MANAGER: 'cloudresourcemanager.googleapis.com/v1/',
  SECRET_MANAGER: 'secretmanager.googleapis.com/v1/',
  SERVICE_USAGE: 'serviceusage.googleapis.com/v1/',
  STORAGE: 'storage.googleapis.com/storage/v1/',
  VERTEX_AI: 'aiplatform.googleapis.com/v1/',
  WORKFLOWS: 'workflows.googleapis.com/v1/',
};

/** A project before anything is applied to it. */
export interface GoogleProject {
  readonly id: string;
  readonly number: string;
  /** Services whose agents were made, by their short names: `pubsub`. */
  readonly agents?: readonly string[];
  /** Roles on the project that somebody has, `[member, role]`. */
  readonly grants?: readonly (readonly [string, string])[];
  readonly secrets?: readonly string[];
  readonly billingAccount?: string;
}

/** A resource as Google keeps it, and its list of access. */
export interface Held {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly policy: readonly Binding[];
}

export interface Binding {
  readonly role: string;
  /** Sorted. */
  readonly members: readonly string[];
  readonly condition?: { readonly title: string; readonly expression: string };
}

/**
 * Google's APIs on this machine, for the provider to create, read, change and delete resources of. What each API demands,
 * fills in and refuses: `test/judges/google-api/kinds/*.py`. Requests are held against the discovery documents. A project
 * starts with no API on but the two that turn others on, so that order shows: an API is on, and a grant there, only once
 * somebody who waits for it has seen it.
 */
export class GoogleApis {
  private constructor(
    private readonly server: JudgeProcess,
    private readonly url: string,
  ) {}

  /** @throws Error where the judge `workflows` cannot run, whose environment has the discovery documents. */
  static async start(): Promise<GoogleApis> {
    const server = new JudgeProcess(judgePython('workflows'), SCRIPT, []);
    const port = await server.greeting;
    return new GoogleApis(server, `http://127.0.0.1:${port}`);
  }

  /** What makes the provider take this for Google. */
  get env(): Readonly<Record<string, string>> {
    const endpoints = Object.entries(ENDPOINTS).map(
      ([service, address]) => [`GOOGLE_${service}_CUSTOM_ENDPOINT`, `${this.url}/${address}`] as const,
    );
    return { ...Object.fromEntries(endpoints), GOOGLE_OAUTH_ACCESS_TOKEN: 'x' };
  }

  async addProject(project: GoogleProject): Promise<void> {
    await this.server.request({ project });
  }

  /** Lets days pass. */
  async pass(days: number): Promise<void> {
    await this.server.request({ pass: days });
  }

  /** What there is of a project, sorted: `compute/projects/fraud-prod/global/networks/main`. */
  async resources(project: Pick<GoogleProject, 'id' | 'number'>): Promise<readonly string[]> {
    return (await this.server.request({ list: project })) as readonly string[];
  }

  /** What there is of a project and who has what on it, by the same names. */
  async held(project: Pick<GoogleProject, 'id' | 'number'>): Promise<Readonly<Record<string, Held>>> {
    return (await this.server.request({ held: project })) as Readonly<Record<string, Held>>;
  }

  /** Requests so far that no API of Google would have taken, or that nothing here stands in for. */
  async findings(): Promise<readonly string[]> {
    return (await this.server.request({ findings: true })) as readonly string[];
  }

  /**
   * A request as another tool than Terraform makes it: `POST`, `pubsub.googleapis.com/v1/…`; a text is an upload.
   * @throws Error with what was answered, unless it was done.
   */
  async request(method: string, address: string, body?: object | string): Promise<unknown> {
    const answer = await fetch(`${this.url}/${address}`, {
      method,
      headers: { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${address}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async close(): Promise<void> {
    await this.server.close();
  }
}
