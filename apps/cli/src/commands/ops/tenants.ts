import { opsTenantsResume, opsTenantsSuspend, type TenantStanding } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../../command-context.ts';
import { facts } from '../../render/table.ts';
import { oneLine } from '../../render/text.ts';
import type { Terminal } from '../../terminal.ts';
import { examples } from '../examples.ts';

export function addTenantStanding(group: Command, perform: Perform): void {
  group
    .command('suspend')
    .description('refuse a tenant’s goals and leave its runs in the queue')
    .argument('<tenant>')
    .option('--reason <text>', 'for other operators; the tenant does not see it')
    .addHelpText('after', examples('aos ops suspend acme --reason "unpaid since May"'))
    .action((tenant: string, { reason }: { reason?: string }, command: Command) =>
      perform(command, (context) => {
        const request = { method: 'POST' as const, path: pathOf(tenant, 'suspend'), body: { reason } };
        return callAndShow(context, request, opsTenantsSuspend.output, {
          text: (standing) => standingText(context.terminal, standing),
        });
      }),
    );
  group
    .command('resume')
    .description('let a suspended tenant work again')
    .argument('<tenant>')
    .addHelpText('after', examples('aos ops resume acme'))
    .action((tenant: string, _options: object, command: Command) =>
      perform(command, (context) =>
        callAndShow(context, { method: 'POST', path: pathOf(tenant, 'resume') }, opsTenantsResume.output, {
          text: (standing) => standingText(context.terminal, standing),
        }),
      ),
    );
}

const pathOf = (tenant: string, verb: string): string =>
  `/admin/tenants/${encodeURIComponent(tenant)}/${verb}`;

function standingText(terminal: Terminal, { tenant_id, suspended_at, reason }: TenantStanding): string {
  return facts(terminal, [
    ['tenant', tenant_id],
    ['suspended', suspended_at === null ? 'no' : `since ${suspended_at}`],
    ['reason', oneLine(reason ?? '', 500)],
  ]);
}
