export {
  type AccessEdge,
  type AccessKind,
  type AccessVerbs,
  KEYS,
  type KeyName,
  PREFIXES,
  type Workload,
} from './access';
export { type DriftPlan, planDrift } from './drift/drift-plan';
export { loadEveryEnvironment, loadPlatformSpec } from './load';
export { awsMachines } from './machines/aws-machines';
export { findMachine, type MachineChoice } from './machines/find-machine';
export {
  MACHINE_ROLES,
  type MachineCatalog,
  type MachineRole,
  type MachineType,
  machineName,
} from './machines/machines';
export { NAME_RULES, type NameKind, PlatformNames, physicalName } from './names';
export { type NetworkNeed, networkNeeds, PRIVATE_SERVICES, type PrivateService } from './network-needs';
export { type PlatformPlan, planPlatform } from './platform-plan';
export type { Severity, Signal } from './signals';
export { PLATFORM_TAG } from './tags';
