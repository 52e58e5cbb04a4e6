import { PERMISSIONS, ROUTES, type RouteSpec } from '@faregate/contract'
import { heading, table, type Page } from './page.ts'

function routeRow({ method, path, permission, summary }: RouteSpec): string[] {
  return [`\`${method} ${path}\``, `\`${permission}\``, summary]
}

function routeTables(): string[] {
  const routes: RouteSpec[] = Object.values(ROUTES)
  const tags = [...new Set(routes.map((route) => route.tag))]
  return tags.flatMap((tag) => [
    `## ${tag}`,
    '',
    ...table(['call', 'permission', 'what'], routes.filter((route) => route.tag === tag).map(routeRow)),
    '',
  ])
}

/** Every call of the management API, with what it needs. */
export const managementPage: Page = {
  file: 'reference/management-api.md',
  text: () =>
    [
      ...heading('Management API', 'the routes of `packages/contract`'),
      'Bodies, answers and schemas: `GET /api/openapi.json` of a running gateway (OpenAPI 3.1), readable at `/api/reference`.',
      '',
      "- Credential: `Authorization: Bearer` with the operator's token (`operator-token` in the data folder), which may do everything, or a management token.",
      '- Amounts are decimal strings: `"5.00"`.',
      '- Every POST honours `Idempotency-Key` for 24 hours: the same request with the same key happens once and answers the same.',
      '- Lists are paged: `limit`, and `cursor` with the `next` of the page before.',
      '- Errors are problems (RFC 9457), with the codes of [denials](denials.md).',
      '- What the configuration file or the environment defines is read-only: 409 `managed_by_file`, `managed_by_environment`.',
      '',
      ...routeTables(),
      '## Permissions',
      '',
      ...table(
        ['permission', 'allows', 'for one organization'],
        Object.entries(PERMISSIONS).map(([name, { title, bindable }]) => [`\`${name}\``, title, bindable ? 'yes' : 'no']),
      ),
      '',
    ].join('\n'),
}
