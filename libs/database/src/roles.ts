import { DatabaseError, type Client } from 'pg';

/** The logins of request handlers and of the engine; neither owns a table nor passes row security. */
const ROLES = ['aos_app', 'aos_engine'] as const;
type Role = (typeof ROLES)[number];

/** How often a role is tried again that another migration on the same server changes right now. */
const ATTEMPTS = 10;

/** Creates the role of `url` or gives it the password of `url`; refuses a role that could see past row security. */
export async function ensureRole(client: Client, role: Role, url: string): Promise<void> {
  const { user, password } = credentialsOf(url);
  if (user !== role) throw new Error(`the login must be ${role}: the policies of the tables are made for it`);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await createOrAlter(client, role, password);
      break;
    } catch (error) {
      if (attempt === ATTEMPTS || !isConcurrentChange(error)) throw error;
    }
  }
  await refusePowers(client, role);
}

function credentialsOf(url: string): { user: string; password: string } {
  const { username, password } = new URL(url);
  return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
}

async function createOrAlter(client: Client, role: Role, password: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  const verb = rowCount === 0 ? 'create' : 'alter';
  // A utility statement takes no parameters.
  const secret = password === '' ? '' : ` password ${client.escapeLiteral(password)}`;
  await client.query(`${verb} role ${role} login${secret}`);
}

/** Roles belong to the whole server, so the lock on one database does not keep the migration of another one away. */
function isConcurrentChange(error: unknown): boolean {
  if (!(error instanceof DatabaseError)) return false;
  const [duplicateObject, uniqueViolation] = ['42710', '23505'];
  if (error.code === duplicateObject || error.code === uniqueViolation) return true;
  return error.code === 'XX000' && error.message.includes('tuple concurrently updated');
}

async function refusePowers(client: Client, role: Role): Promise<void> {
  const { rows } = await client.query<{ powerful: boolean }>(
    `select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb
       or exists (select from pg_auth_members where member = r.oid) as powerful
     from pg_roles r where rolname = $1`,
    [role],
  );
  if (rows[0]?.powerful !== false) {
    throw new Error(`role ${role} must have no attribute beyond LOGIN and be a member of no other role`);
  }
}
