using TinyStore.Crdt.Files.Storage;

namespace TinyStore.Crdt.Tests.Files.Storage;

/// <summary>
/// A disk in memory that keeps apart what was written and what is safe. <see cref="LosePower"/> gives the disk as it may be found
/// afterwards: of the writes since a file's last flush any sectors, of the renames since the directory's last flush the first few.
/// A flush that fails drops what it should have written, as Linux does: a second flush alone brings nothing back.
/// </summary>
internal sealed class SimulatedDisk : DocStorage
{
    private const int Sector = 512;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _locks = [];
    private readonly Dictionary<string, Inode> _safeNames = [];
    private readonly List<Action<Dictionary<string, Inode>>> _unsafeNames = [];
    private Dictionary<string, Inode> _names = [];

    /// <summary>Asked before each step that changes something (write, flush, length, create, delete, replace, flushdir); an exception makes it fail.</summary>
    public Func<string, string, Exception?>? Fail { get; set; }

    /// <summary>How many such steps there were.</summary>
    public int Steps { get; private set; }

    public override IDisposable? TryLock(string path)
    {
        lock (_gate)
        {
            return _locks.Add(path) ? new Held(this, path) : null;
        }
    }

    public override bool Exists(string path)
    {
        lock (_gate)
        {
            return _names.ContainsKey(path);
        }
    }

    public override IStorageFile Open(string path) => OpenRead(path);

    public override IStorageFile OpenRead(string path)
    {
        lock (_gate)
        {
            return _names.TryGetValue(path, out var inode) ? new OpenFile(this, path, inode) : throw new FileNotFoundException(path);
        }
    }

    public override IStorageFile Create(string path)
    {
        lock (_gate)
        {
            Step("create", path);
            var inode = new Inode();
            Rename(names => names[path] = inode);
            return new OpenFile(this, path, inode);
        }
    }

    public override void Delete(string path)
    {
        lock (_gate)
        {
            Step("delete", path);
            Rename(names => names.Remove(path));
        }
    }

    public override void Replace(string source, string destination)
    {
        lock (_gate)
        {
            Step("replace", destination);
            if (!_names.TryGetValue(source, out var inode))
            {
                throw new FileNotFoundException(source);
            }

            Rename(names =>
            {
                names.Remove(source);
                names[destination] = inode;
            });
        }
    }

    public override void FlushDirectoryOf(string path)
    {
        lock (_gate)
        {
            Step("flushdir", path);
            _unsafeNames.ForEach(rename => rename(_safeNames));
            _unsafeNames.Clear();
        }
    }

    /// <summary>The disk as it may be found after the power went.</summary>
    public SimulatedDisk LosePower(Random random)
    {
        lock (_gate)
        {
            var found = new SimulatedDisk();
            var names = new Dictionary<string, Inode>(_safeNames);
            var kept = random.Next(_unsafeNames.Count + 1);
            _unsafeNames.Take(kept).ToList().ForEach(rename => rename(names));
            found._names = names.ToDictionary(name => name.Key, name => name.Value.LosePower(random));
            return found.Settled();
        }
    }

    /// <summary>The disk as the next process finds it after this one was killed: nothing is lost that was written.</summary>
    public SimulatedDisk LoseProcess()
    {
        lock (_gate)
        {
            var found = new SimulatedDisk { _names = _names.ToDictionary(name => name.Key, name => new Inode(name.Value.Current)) };
            return found.Settled();
        }
    }

    public byte[] Read(string path)
    {
        lock (_gate)
        {
            return [.. _names[path].Current];
        }
    }

    public void Put(string path, byte[] bytes)
    {
        lock (_gate)
        {
            _names[path] = _safeNames[path] = new Inode(bytes);
        }
    }

    private SimulatedDisk Settled()
    {
        foreach (var (name, inode) in _names)
        {
            _safeNames[name] = inode;
        }

        return this;
    }

    private void Rename(Action<Dictionary<string, Inode>> rename)
    {
        rename(_names);
        _unsafeNames.Add(rename);
    }

    private void Step(string step, string path)
    {
        Steps++;
        if (Fail?.Invoke(step, path) is { } exception)
        {
            throw exception;
        }
    }

    private sealed class Inode(byte[] content)
    {
        private readonly List<(long Offset, byte[]? Bytes)> _unsafe = []; // no bytes: a change of the length
        private byte[] _safe = content;

        public Inode()
            : this([])
        {
        }

        public byte[] Current { get; private set; } = content;

        public void Change(long offset, byte[]? bytes)
        {
            Current = Apply(Current, offset, bytes);
            _unsafe.Add((offset, bytes));
        }

        public void Flush()
        {
            foreach (var (offset, bytes) in _unsafe)
            {
                _safe = Apply(_safe, offset, bytes);
            }

            _unsafe.Clear();
        }

        public void DropUnflushed() => _unsafe.Clear();

        public Inode LosePower(Random random)
        {
            var found = _safe;
            foreach (var (offset, bytes) in _unsafe)
            {
                if (bytes is null)
                {
                    found = random.Next(2) == 0 ? found : Apply(found, offset, null);
                    continue;
                }

                if (random.Next(3) == 0)
                {
                    found = Apply(found, Math.Max(found.Length, offset + bytes.Length), null); // the length got there, the bytes may not
                }

                for (var start = 0; start < bytes.Length;)
                {
                    var end = (int)Math.Min(bytes.Length, ((offset + start) / Sector * Sector) + Sector - offset);
                    if (random.Next(2) == 0)
                    {
                        found = Apply(found, offset + start, bytes[start..end]);
                    }

                    start = end;
                }
            }

            return new Inode(found);
        }

        private static byte[] Apply(byte[] content, long offset, byte[]? bytes)
        {
            var result = new byte[bytes is null ? offset : Math.Max(content.Length, offset + bytes.Length)];
            content.AsSpan(0, Math.Min(content.Length, result.Length)).CopyTo(result);
            bytes?.CopyTo(result, offset);
            return result;
        }
    }

    private sealed class OpenFile(SimulatedDisk disk, string path, Inode inode) : IStorageFile
    {
        private bool _disposed;

        public long Length => Use(() => (long)inode.Current.Length);

        public int Read(long offset, Span<byte> destination)
        {
            lock (disk._gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                var left = inode.Current.AsSpan((int)Math.Min(offset, inode.Current.Length));
                left = left[..Math.Min(left.Length, destination.Length)];
                left.CopyTo(destination);
                return left.Length;
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            var copy = bytes.ToArray();
            Use(() =>
            {
                if (disk.Fail?.Invoke("write", path) is { } exception)
                {
                    inode.Change(offset, copy[..(copy.Length / 2)]); // a disk that fills up takes a part
                    throw exception;
                }

                disk.Steps++;
                inode.Change(offset, copy);
                return 0;
            });
        }

        public void SetLength(long length) => Use(() =>
        {
            disk.Step("length", path);
            inode.Change(length, null);
            return 0;
        });

        public void Flush() => Use(() =>
        {
            try
            {
                disk.Step("flush", path);
            }
            catch
            {
                inode.DropUnflushed();
                throw;
            }

            inode.Flush();
            return 0;
        });

        public void Dispose() => _disposed = true;

        private T Use<T>(Func<T> use)
        {
            lock (disk._gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                return use();
            }
        }
    }

    private sealed class Held(SimulatedDisk disk, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (disk._gate)
            {
                disk._locks.Remove(path);
            }
        }
    }
}
