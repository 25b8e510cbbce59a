import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An execution that was started. */
export interface StartedExecution {
  readonly workflow: string;
  readonly argument: unknown;
}

const TOKEN = 'a-token';

/**
 * Google in this process, as far as commands need it: objects of Cloud Storage, executions of workflows, and the metadata
 * server that gives tokens, the last of the usual places that credentials come from.
 */
export class FakeGoogle {
  /** By bucket and name. */
  readonly objects = new Map<string, string>();
  /** How the executions of a workflow end, by its resource name: states one after the other, of which the last stays. */
  readonly workflows = new Map<string, readonly object[]>();
  readonly started: StartedExecution[] = [];
  /** What every API answers instead. */
  refusal: { readonly status: number; readonly message: string } | undefined;
  private readonly looks = new Map<string, number>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeGoogle> {
    const server = createServer((request, response) => void google.answer(request, response));
    const google = new FakeGoogle(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return google;
  }

  /** Environment of a process that takes this for Google. */
  get env(): Readonly<Record<string, string>> {
    const host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return {
      GCE_METADATA_HOST: host,
      METADATA_SERVER_DETECTION: 'assume-present',
      CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: `http://${host}/storage/`,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_WORKFLOWEXECUTIONS: `http://${host}/executions/`,
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  forget(): void {
    for (const map of [this.objects, this.workflows, this.looks]) map.clear();
    this.started.length = 0;
    this.refusal = undefined;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://google');
    let body = '';
    for await (const chunk of request) body += chunk;
    const { status, value, text } = url.pathname.startsWith('/computeMetadata/')
      ? metadata(url.pathname)
      : this.api(url, request, body);
    response.writeHead(status, {
      'content-type': text === undefined ? 'application/json' : 'text/plain',
      'metadata-flavor': 'Google',
    });
    response.end(text ?? JSON.stringify(value ?? {}));
  }

  private api(url: URL, { method, headers }: IncomingMessage, body: string): Reply {
    if (headers.authorization !== `Bearer ${TOKEN}`) return refused(401, 'Request is missing a credential.');
    if (this.refusal !== undefined) return refused(this.refusal.status, this.refusal.message);
    if (url.pathname.startsWith('/storage/')) return this.storage(url);
    return this.executions(url.pathname.replace('/executions/v1/', ''), method ?? 'GET', body);
  }

  private storage(url: URL): Reply {
    const [, bucket = '', name] = /^\/storage\/storage\/v1\/b\/([^/]+)\/o(?:\/(.+))?$/.exec(url.pathname) ?? [];
    if (name === undefined) {
      const prefix = `${bucket}/${url.searchParams.get('prefix') ?? ''}`;
      const found = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
      // A page has one, so that whoever lists has to ask for the next.
      const at = Number(url.searchParams.get('pageToken') ?? 0);
      const items = found.slice(at, at + 1).map((key) => ({ name: key.slice(bucket.length + 1) }));
      return { status: 200, value: { items, ...(found.length > at + 1 ? { nextPageToken: String(at + 1) } : {}) } };
    }
    const text = this.objects.get(`${bucket}/${decodeURIComponent(name)}`);
    return text === undefined ? refused(404, 'No such object') : { status: 200, text };
  }

  private executions(path: string, method: string, body: string): Reply {
    const [, workflow = '', id] = /^(.+?)\/executions(?:\/(.+))?$/.exec(path) ?? [];
    const states = this.workflows.get(workflow);
    if (states === undefined) return refused(404, `The workflow ${workflow} is not found.`);
    if (id !== undefined) {
      const look = this.looks.get(path) ?? 0;
      this.looks.set(path, look + 1);
      return { status: 200, value: { name: path, ...states[Math.min(look, states.length - 1)] } };
    }
    if (method === 'GET') return { status: 200, value: { executions: [] } };
    const { argument } = JSON.parse(body) as { readonly argument: string };
    this.started.push({ workflow, argument: JSON.parse(argument) });
    return { status: 200, value: { name: `${path}/${this.started.length}`, state: 'ACTIVE' } };
  }
}

interface Reply {
  readonly status: number;
  readonly value?: unknown;
  readonly text?: string;
}

const refused = (code: number, message: string): Reply => ({ status: code, value: { error: { code, message } } });

function metadata(path: string): Reply {
  if (path.endsWith('/token'))
    return { status: 200, value: { access_token: TOKEN, expires_in: 3600, token_type: 'Bearer' } };
  return path.endsWith('/project/project-id')
    ? { status: 200, text: 'another-project' }
    : { status: 200, text: 'default' };
}
