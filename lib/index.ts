export * from './plan/index';
export * from './spec/index';
