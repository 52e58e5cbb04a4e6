export { ApiError, createClient, type ApiProblem, type Client, type ClientOptions, type Fetch } from './client.ts'
export { AMOUNT_AS_NUMBER, DECIMAL_FORMAT } from './common.ts'
export { RELEASE_FLAWS } from './api-releases.ts'
export { DIAGNOSIS_STEPS } from './diagnose.ts'
export { isPermission, PERMISSIONS, PERMISSION_NAMES, type Permission, type PermissionFacts } from './permissions.ts'
export {
  MANAGEMENT_PROBLEMS,
  problemEntry,
  renderManagementProblem,
  type ManagementDenial,
  type ManagementProblemCode,
} from './problems.ts'
export type { Method, ParsedInput, RouteInput, RouteOutput, RouteSpec } from './route.ts'
export { ROUTES, ROUTE_NAMES, type RouteName, type Routes } from './routes.ts'
