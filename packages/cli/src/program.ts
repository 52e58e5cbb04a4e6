import { Command as Program, CommanderError } from 'commander'
import { COMMANDS } from './commands/index.ts'
import { Failure, Options, UsageError, type Call, type Command } from './command.ts'
import { findGateway } from './connect.ts'
import { explainFailure } from './failure.ts'
import { createOutput } from './output.ts'
import { version } from './version.ts'

/** What the command line is given by its process. */
export interface Surroundings {
  environment: NodeJS.ProcessEnv
  stdout: (text: string) => void
  stderr: (text: string) => void
}

const EXIT = { done: 0, failed: 1, usage: 2 } as const

/** Runs one command line. @returns the exit code: 0 done, 1 failed, 2 called wrongly, else what the command says */
export async function run(args: string[], surroundings: Surroundings): Promise<number> {
  try {
    await buildProgram(surroundings).parseAsync(args, { from: 'user' })
    return EXIT.done
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    surroundings.stderr(`${await explainFailure(error)}\n`)
    if (error instanceof UsageError) return EXIT.usage
    return error instanceof Failure ? error.exitCode : EXIT.failed
  }
}

function buildProgram(surroundings: Surroundings): Program {
  const program = new Program('faregate')
    .description('A gateway for AI models and HTTP APIs that charges exactly for what it serves and says precisely why when it does not.')
    .version(version())
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: surroundings.stdout, writeErr: surroundings.stderr })
    .showHelpAfterError('(add --help to see how it is called)')
  for (const command of COMMANDS) addCommand(program, command, surroundings)
  return program
}

function addCommand(program: Program, command: Command, surroundings: Surroundings): void {
  const words = command.name.split(' ')
  const last = words.pop() ?? ''
  const parent = words.reduce((above, word) => groupOf(above, word), program)
  const added = groupOf(parent, last)
  added.summary(command.summary).description(command.summary)
  for (const argument of command.args ?? []) added.argument(argument)
  for (const option of command.options ?? []) {
    if (option.repeatable === true) added.option(option.flags, option.summary, append)
    else added.option(option.flags, option.summary)
  }
  if (command.local !== true) withConnection(added)
  added.action(async () => {
    await command.run(callOf(added, surroundings))
  })
}

function append(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value]
}

/** The command of that name under another, made when it is not there yet. */
function groupOf(above: Program, name: string): Program {
  const there = above.commands.find((command) => command.name() === name)
  // Positional, so that `grant reverse --reason` is not taken for a flag of `grant`.
  return (
    there ??
    above
      .command(name)
      .enablePositionalOptions()
      .summary(GROUPS[name] ?? '')
      .description(GROUPS[name] ?? '')
  )
}

const GROUPS: Record<string, string> = {
  key: 'Keys of applications',
  org: 'Organizations',
  app: 'Applications',
  team: 'Teams of an organization',
  member: 'Members of an organization, and their management tokens',
  role: 'Roles: what members and tokens may do',
  cap: 'Spend caps of organizations, end users and tags',
  invoice: 'Invoices, and credit notes that correct them',
  voucher: 'Vouchers',
  'top-up': 'Credit that is paid for through the payment rail',
  'payment-method': 'Payment methods that organizations have saved',
  'auto-top-up': 'Top-ups that make themselves when a balance is low',
  provider: 'Providers',
  model: 'Models',
  price: 'Prices',
  api: 'Published APIs',
  plan: 'Plans: what is sold for each period',
  subscription: 'Subscriptions of organizations to plans',
  'limit-request': 'Requests of callers for a higher limit',
  token: 'Management tokens',
  webhook: 'Webhooks',
}

function withConnection(command: Program): void {
  command
    .option('--url <url>', 'where the gateway is (FAREGATE_URL; else the one that runs on the data folder)')
    .option('--data <folder>', 'data folder of the gateway (FAREGATE_DATA, ./data)')
    .option('--json', 'answer as JSON')
}

function callOf(command: Program, surroundings: Surroundings): Call {
  const options = new Options(command.opts())
  const gateway = () => findGateway(options, surroundings.environment)
  return {
    args: command.args,
    options,
    output: createOutput(options.is('json'), surroundings.stdout),
    environment: surroundings.environment,
    gateway,
    client: async () => {
      const { url, token, fetch } = gateway()
      const { createClient } = await import('@faregate/contract')
      return createClient({ baseUrl: url, token, fetch })
    },
  }
}
