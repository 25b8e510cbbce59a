import { resolve } from 'node:path';
import { loadPackageDefinition, Server, ServerCredentials, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { type BlockSchema, providerSchema, resourceSchema } from './terraform-bindings';

const PROTOCOL = 5;
const PROTO = resolve(__dirname, '../judges/terraform/tfplugin5.proto');
const PROVIDER = 'registry.terraform.io/hashicorp/google';

/** A provider for Terraform that has schemas and nothing else: what the real one's code refuses, it does not. */
export interface SchemaServer {
  /** What Terraform's environment needs to talk to it. */
  readonly env: { readonly TF_REATTACH_PROVIDERS: string };
  close(): void;
}

/**
 * Serves the schemas that the bindings have of some resource types, as a provider that Terraform attaches to. A type
 * that the bindings lack is left out, so that Terraform itself says that it does not exist.
 */
export async function serveSchemas(types: Iterable<string>): Promise<SchemaServer> {
  const server = new Server();
  server.addService(providerService(), handlers(types));
  const port = await new Promise<number>((bound, failed) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, chosen) =>
      error === null ? bound(chosen) : failed(error),
    ),
  );
  const address = {
    Protocol: 'grpc',
    ProtocolVersion: PROTOCOL,
    Pid: process.pid,
    // without it Terraform would end this process when it is done
    Test: true,
    Addr: { Network: 'tcp', String: `127.0.0.1:${port}` },
  };
  return {
    env: { TF_REATTACH_PROVIDERS: JSON.stringify({ [PROVIDER]: address }) },
    close: () => server.forceShutdown(),
  };
}

function providerService() {
  const definition = loadSync(PROTO, { keepCase: true });
  const { Provider } = loadPackageDefinition(definition).tfplugin5 as Record<string, ServiceClientConstructor>;
  if (Provider === undefined) throw new Error(`${PROTO} has no service Provider.`);
  return Provider.service;
}

type Handler = (
  call: { readonly request: Record<string, unknown> },
  reply: (error: null, body: object) => void,
) => void;

function handlers(types: Iterable<string>): Record<string, Handler> {
  const schemas = [...new Set(types)].flatMap((type) => {
    const block = resourceSchema(type);
    return block === undefined ? [] : [[type, wireSchema(block)] as const];
  });
  const response = { provider: wireSchema(providerSchema()), resource_schemas: Object.fromEntries(schemas) };
  return {
    GetSchema: (_call, reply) => reply(null, response),
    PrepareProviderConfig: ({ request }, reply) => reply(null, { prepared_config: request.config }),
    // Terraform has judged the values by their schema before it asks, and there is nothing else to judge them by
    ValidateResourceTypeConfig: (_call, reply) => reply(null, {}),
    Stop: (_call, reply) => reply(null, {}),
  };
}

function wireSchema(block: BlockSchema): object {
  return { version: 0, block: wireBlock(block) };
}

function wireBlock({ attributes, blocks }: BlockSchema): object {
  return {
    attributes: Object.entries(attributes).map(([name, { type, ...flags }]) => ({
      name,
      type: Buffer.from(JSON.stringify(type)),
      ...flags,
    })),
    block_types: Object.entries(blocks).map(([name, { nesting, required, single, block }]) => ({
      type_name: name,
      nesting,
      min_items: required && nesting !== 'SINGLE' ? 1 : 0,
      max_items: single && nesting !== 'SINGLE' ? 1 : 0,
      block: wireBlock(block),
    })),
  };
}
