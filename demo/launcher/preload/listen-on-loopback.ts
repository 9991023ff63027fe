/** Loaded first by kinesis-local, which has no setting for its address and would listen on every interface. */
import { Server } from 'node:net';

const listen = Server.prototype.listen;

/** kinesis-local calls `listen(port, done)`: all interfaces. */
function listenOnLoopback(this: Server, port: number, ...rest: unknown[]): Server {
  const done = rest.find((argument) => typeof argument === 'function');
  return Reflect.apply(listen, this, [port, '127.0.0.1', done]) as Server;
}

Server.prototype.listen = listenOnLoopback as typeof listen;
