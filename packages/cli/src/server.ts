/**
 * The one door to the server: the command line is a client of the management API for everything else.
 * Imported when needed, because it brings the whole gateway along.
 */
export async function loadServer() {
  return import('@faregate/server')
}
