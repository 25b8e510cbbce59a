import type { GoogleAuth } from 'google-auth-library';
import { CommandFailed } from './command-failed';
import { withoutWarning } from './without-warning';

/** An execution of a workflow, as the API gives it. */
export interface WorkflowExecution {
  readonly name: string;
  readonly state: string;
  /** JSON. */
  readonly result?: string;
  readonly error?: { readonly payload?: string; readonly context?: string };
}

/** What the commands need of a project. All throw CommandFailed where Google refuses a call. */
export interface GcpProject {
  /** Text of an object, if it is there. */
  object(bucket: string, name: string): Promise<string | undefined>;
  /** Names of all objects that begin so; none where there is no bucket. */
  objectNames(bucket: string, prefix: string): Promise<readonly string[]>;
  /** Whether there is a workflow `projects/P/locations/R/workflows/W`. */
  hasWorkflow(workflow: string): Promise<boolean>;
  /** Starts a workflow and gives the name of the execution. */
  start(workflow: string, argument: object): Promise<string>;
  execution(name: string): Promise<WorkflowExecution>;
}

const PACKAGE = 'google-auth-library';
/** Warning of the library where the last place for credentials cannot be asked. What follows is said better here. */
const NO_METADATA_SERVER = 'MetadataLookupWarning';
const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** Hosts of the APIs, unless the variable says otherwise that says so to gcloud: `gcloud topic configurations`. */
const HOSTS = {
  storage: ['CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE', 'https://storage.googleapis.com/'],
  workflowexecutions: [
    'CLOUDSDK_API_ENDPOINT_OVERRIDES_WORKFLOWEXECUTIONS',
    'https://workflowexecutions.googleapis.com/',
  ],
} as const;

interface Call {
  readonly host: keyof typeof HOSTS;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** As it came, instead of as JSON. */
  readonly text?: boolean;
}

/**
 * A project by the usual credentials: GOOGLE_APPLICATION_CREDENTIALS, `gcloud auth application-default login`, workload
 * identity, the metadata server. Google's client library gives them; the calls are few and plain REST.
 * Source: Google Cloud documentation, "How Application Default Credentials works".
 *
 * @throws CommandFailed where the library is not installed or there are no credentials.
 */
export async function gcpProject(projectId: string): Promise<GcpProject> {
  const { GoogleAuth } = await import('google-auth-library').catch(notInstalled);
  // The library would ask gcloud for the project, which takes half a second.
  const auth = new GoogleAuth({ projectId, scopes: [SCOPE] });
  await withoutWarning(NO_METADATA_SERVER, () => auth.getClient()).catch(noCredentials);
  const call = <T>(wanted: Call) => request<T>(auth, wanted);
  return {
    object: (bucket, name) =>
      call<string>({
        host: 'storage',
        path: `storage/v1/b/${bucket}/o/${encodeURIComponent(name)}`,
        query: { alt: 'media' },
        text: true,
      }),
    objectNames: async (bucket, prefix) => {
      const names: string[] = [];
      let pageToken: string | undefined;
      do {
        const query = {
          prefix,
          fields: 'nextPageToken,items(name)',
          ...(pageToken === undefined ? {} : { pageToken }),
        };
        const page = await call<{ items?: { name: string }[]; nextPageToken?: string }>({
          host: 'storage',
          path: `storage/v1/b/${bucket}/o`,
          query,
        });
        names.push(...(page?.items ?? []).map(({ name }) => name));
        pageToken = page?.nextPageToken;
      } while (pageToken !== undefined);
      return names;
    },
    hasWorkflow: async (workflow) =>
      (await call({ host: 'workflowexecutions', path: `v1/${workflow}/executions`, query: { pageSize: '1' } })) !==
      undefined,
    start: async (workflow, argument) => {
      const body = { argument: JSON.stringify(argument) };
      const started = await call<WorkflowExecution>({
        host: 'workflowexecutions',
        path: `v1/${workflow}/executions`,
        body,
      });
      if (started === undefined)
        throw new CommandFailed(`There is no workflow ${workflow}. Deploy the stack that it belongs to.`);
      return started.name;
    },
    execution: async (name) => {
      const found = await call<WorkflowExecution>({ host: 'workflowexecutions', path: `v1/${name}` });
      if (found === undefined) throw new CommandFailed(`There is no execution ${name} any more.`);
      return found;
    },
  };
}

/** What a call answers, or nothing where the thing is not there. */
async function request<T>(auth: GoogleAuth, { host, path, query, body, text }: Call): Promise<T | undefined> {
  const [variable, usual] = HOSTS[host];
  const base = process.env[variable] ?? usual;
  try {
    const { data } = await auth.request<T>({
      url: `${base.endsWith('/') ? base : `${base}/`}${path}`,
      method: body === undefined ? 'GET' : 'POST',
      ...(query === undefined ? {} : { params: { ...query } }),
      ...(body === undefined ? {} : { data: body }),
      responseType: text === true ? 'text' : 'json',
    });
    return data;
  } catch (error) {
    return refused(error);
  }
}

/** As google-auth-library gives what an API refused. */
interface Refusal extends Error {
  readonly status?: number;
  readonly response?: { readonly status?: number; readonly data?: unknown };
}

function refused(error: unknown): undefined {
  if (!(error instanceof Error)) throw error;
  const { message, status, response } = error as Refusal;
  const code = response?.status ?? status;
  if (code === 404) return undefined;
  const said = saidBy(response?.data) ?? message;
  if (code === undefined) throw new CommandFailed(`Google cannot be reached: ${said}`);
  throw new CommandFailed(
    code === 401 || code === 403
      ? `Google says ${code}: ${said} The credentials are those of \`gcloud auth application-default login\` or GOOGLE_APPLICATION_CREDENTIALS; take others, or give them the permission.`
      : `Google says ${code}: ${said}`,
  );
}

function saidBy(data: unknown): string | undefined {
  const body = typeof data === 'string' ? parsed(data) : data;
  const { message } = (body as { error?: { message?: unknown } } | undefined)?.error ?? {};
  return typeof message === 'string' ? message : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { error: { message: text } };
  }
}

function noCredentials(error: unknown): never {
  throw new CommandFailed(
    `There are no credentials of Google Cloud. Run gcloud auth application-default login, or name a file with them in GOOGLE_APPLICATION_CREDENTIALS. (${error instanceof Error ? error.message : String(error)})`,
  );
}

function notInstalled(error: unknown): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') throw error;
  throw new CommandFailed(`This needs Google's client library, which is not installed. Run: npm install ${PACKAGE}`);
}
