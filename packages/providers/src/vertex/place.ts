/** `europe-west4-aiplatform.googleapis.com`, `aiplatform.eu.rep.googleapis.com`. */
const REGIONAL = /^([a-z0-9-]+)-aiplatform\./
const MULTI_REGIONAL = /^aiplatform\.([a-z]+)\.rep\./

/**
 * What stands between the base URL and the publisher. A base URL with a project in it
 * (`…/v1/projects/PROJECT/locations/LOCATION`) says everything; else the location is that of the host, `global` for
 * `aiplatform.googleapis.com`, or of `?location=`, and the project that of `?project=` or of the service account. Throws
 * where no project is known.
 */
export function placeOf(baseUrl: string, accountProject: string | undefined): string {
  const { hostname, pathname, searchParams } = new URL(baseUrl)
  if (/\/projects\/[^/]+\/locations\/[^/]+\/?$/.test(pathname)) return ''
  const project = searchParams.get('project') ?? accountProject
  if (project === undefined || project === '') {
    throw new Error('The project is not known: use the key file of a service account, or add ?project=PROJECT to the base URL.')
  }
  const location = searchParams.get('location') ?? REGIONAL.exec(hostname)?.[1] ?? MULTI_REGIONAL.exec(hostname)?.[1] ?? 'global'
  const version = /\/v\d[a-z0-9]*\/?$/.test(pathname) ? '' : '/v1'
  return `${version}/projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(location)}`
}
