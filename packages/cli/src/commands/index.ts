import type { Command } from '../command.ts'
import { apiCatalogueCommands } from './api-catalogue.ts'
import { apiDesignCommands } from './api-design.ts'
import { apiModelsCommands } from './api-models.ts'
import { apiPromptCommands } from './api-prompt.ts'
import { apiCanaryCommands } from './api-canary.ts'
import { apiApprovalCommands } from './api-approval.ts'
import { apiStageCommands } from './api-stage.ts'
import { apiReleaseCommands } from './api-release.ts'
import { apiRetireCommands } from './api-retire.ts'
import { apiUsageCommands } from './api-usage.ts'
import { modelRetireCommands } from './model-retire.ts'
import { apiCommands } from './api.ts'
import { applicationCommands } from './application.ts'
import { capCommands } from './cap.ts'
import { catalogueCommands } from './catalogue.ts'
import { fileCommands } from './files.ts'
import { invoiceCommands } from './invoice.ts'
import { keyCreate } from './key-create.ts'
import { keyCommands } from './key.ts'
import { limitRequestCommands } from './limit-request.ts'
import { memberCommands } from './member.ts'
import { moneyCommands } from './money.ts'
import { operateCommands } from './operate.ts'
import { organizationCommands } from './organization.ts'
import { paymentCommands } from './payment.ts'
import { pendingPriceCommands } from './pending-prices.ts'
import { planCommands } from './plan.ts'
import { providerCommands } from './provider.ts'
import { reconcileCommands } from './reconcile.ts'
import { requestCommands } from './requests.ts'
import { roleCommands } from './role.ts'
import { settingCommands } from './settings.ts'
import { startCommands } from './start.ts'
import { subscriptionCommands } from './subscription.ts'
import { teamCommands } from './team.ts'
import { tokenCommands } from './token.ts'
import { voucherCommands } from './voucher.ts'
import { webhookCommands } from './webhook.ts'

/** Every command, in the order in which help lists them. */
export const COMMANDS: Command[] = [
  ...startCommands,
  keyCreate,
  ...keyCommands,
  ...organizationCommands,
  ...applicationCommands,
  ...teamCommands,
  ...memberCommands,
  ...roleCommands,
  ...capCommands,
  ...moneyCommands,
  ...invoiceCommands,
  ...voucherCommands,
  ...paymentCommands,
  ...requestCommands,
  ...reconcileCommands,
  ...providerCommands,
  ...catalogueCommands,
  ...pendingPriceCommands,
  ...apiCommands,
  ...apiDesignCommands,
  ...apiPromptCommands,
  ...apiModelsCommands,
  ...apiReleaseCommands,
  ...apiCanaryCommands,
  ...apiStageCommands,
  ...apiApprovalCommands,
  ...apiRetireCommands,
  ...apiCatalogueCommands,
  ...apiUsageCommands,
  ...modelRetireCommands,
  ...planCommands,
  ...subscriptionCommands,
  ...limitRequestCommands,
  ...settingCommands,
  ...operateCommands,
  ...fileCommands,
  ...tokenCommands,
  ...webhookCommands,
]
