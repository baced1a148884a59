import { createConnection } from 'node:net';

/** Connects to the port, sends, and tells whether the first answer holds the expected text; false on any failure. */
export async function answersOn(port: number, send: string, expected: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const finish = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(1000, () => finish(false));
    socket.once('connect', () => socket.write(send, 'latin1'));
    socket.once('data', (data: Buffer) => finish(data.toString('latin1').includes(expected)));
    socket.once('error', () => finish(false));
  });
}
