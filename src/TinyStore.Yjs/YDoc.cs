using System.Diagnostics;
using System.Runtime.ExceptionServices;
using TinyStore.Yjs.Integration;
using TinyStore.Yjs.Structs;

namespace TinyStore.Yjs;

/// <summary>
/// A document that merges with every copy of itself. It holds shared types under root names
/// (<see cref="GetMap"/> and the others), changes in transactions (<see cref="Transact(Action{YTransaction}, object?)"/>), and
/// travels as updates (<see cref="ApplyUpdate"/>, <see cref="EncodeStateAsUpdate()"/>, <see cref="ObserveUpdates"/>).
/// </summary>
/// <remarks>
/// <para>One writer at a time, not bound to a thread: whoever uses a document from several places serialises them, best
/// through <see cref="Context"/>. Overlapping calls that are noticed throw <see cref="InvalidOperationException"/>.</para>
/// <para>Limits: clocks below 2^32, 2^24 clients, 2^28 shared types, 2^31 structs, 800 million distinct keys, 16 GB of contents.
/// What goes beyond throws <see cref="InvalidOperationException"/>, or <see cref="YUpdateFormatException"/> for the clocks of an update.</para>
/// </remarks>
[DebuggerDisplay("{DebuggerText,nq}")]
public sealed partial class YDoc : IDisposable
{
    private readonly Random _random;
    private readonly UpdateIntegrator _integrator;
    private ulong _clientId;

    /// <summary>Makes an empty document with the default options.</summary>
    public YDoc()
        : this(new YDocOptions())
    {
    }

    /// <summary>Makes an empty document.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The client id is above 2^53-1.</exception>
    public YDoc(YDocOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.ClientId is { } id)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(id, YItemId.MaxClient, nameof(options));
        }

        _random = options.Random;
        _clientId = options.ClientId ?? NewClientId();
        _integrator = new UpdateIntegrator(Store) { OwnClient = _clientId };
        Gc = options.Gc;
        Guid = options.Guid ?? System.Guid.NewGuid().ToString();
        Context = options.Context ?? YAccessContext.Capture();
        Store.ObservedTypeFreed = ForgetFreed;
    }

    /// <summary>
    /// A remote transaction wrote under this document's own client id, so the document took a new one: somebody else uses
    /// the old one.
    /// </summary>
    public event EventHandler? ClientIdChanged;

    /// <summary>The document was disposed.</summary>
    public event EventHandler? Disposed;

    /// <summary>The client id under which this document writes. See <see cref="YDocOptions.ClientId"/> and <see cref="ClientIdChanged"/>.</summary>
    /// <exception cref="InvalidOperationException">Set inside a transaction.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Set above 2^53-1.</exception>
    public ulong ClientId
    {
        get => _clientId;
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, YItemId.MaxClient);
            Enter();
            try
            {
                if (_transaction is not null)
                {
                    throw new InvalidOperationException("The client id cannot be changed inside a transaction: its structs belong to the old one. For single structs use YTransaction.WriteAs.");
                }

                SetClientId(value);
            }
            finally
            {
                Exit();
            }
        }
    }

    /// <summary>A name for the document that is the same at every peer.</summary>
    public string Guid { get; }

    /// <summary>Whether deleted content is dropped when its transaction ends.</summary>
    public bool Gc { get; }

    /// <summary>The lane in which everybody uses this document.</summary>
    public YAccessContext Context { get; }

    /// <summary>True once <see cref="Dispose"/> was called.</summary>
    public bool IsDisposed => Volatile.Read(ref _owner) == DisposedOwner;

    internal StructStore Store { get; } = new();

    /// <summary>The root map of that name. It needs no creation and cannot be deleted.</summary>
    public YMap GetMap(string name) => new(this, Root(name, YTypeKind.Map));

    /// <summary>The root list of that name.</summary>
    public YArray GetArray(string name) => new(this, Root(name, YTypeKind.Array));

    /// <summary>The root text of that name.</summary>
    public YText GetText(string name) => new(this, Root(name, YTypeKind.Text));

    /// <summary>The root fragment of XML of that name.</summary>
    public YXmlFragment GetXmlFragment(string name) => new(this, Root(name, YTypeKind.XmlFragment));

    /// <summary>The next clock of a client; 0 when the document holds nothing of it.</summary>
    public uint GetClock(ulong client)
    {
        CheckReadable();
        return Store.Clients.NextClock(client);
    }

    /// <summary>Ends the document: later calls throw <see cref="ObjectDisposedException"/>. Calling it again does nothing.</summary>
    /// <exception cref="InvalidOperationException">Called inside a transaction.</exception>
    public void Dispose()
    {
        if (IsDisposed)
        {
            return;
        }

        Enter();
        if (_transaction is not null || _queue.Count > 0)
        {
            Exit();
            throw new InvalidOperationException("A document cannot be disposed inside a transaction or an observer of one.");
        }

        Store.Dispose();
        _writer.Dispose();
        Volatile.Write(ref _owner, DisposedOwner);
        Disposed?.Invoke(this, EventArgs.Empty);
    }

    private int Root(string name, YTypeKind kind)
    {
        ArgumentNullException.ThrowIfNull(name);
        Enter();
        try
        {
            var type = Store.Root(Store.Keys.Intern(name));
            Store.Declare(type, kind);
            return type;
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Even, so that the odd number beside it is free for a second identity of the same peer.</summary>
    private uint NewClientId() => 2 * (uint)_random.NextInt64(1, 1L << 31);

    private void SetClientId(ulong id)
    {
        _clientId = id;
        _integrator.OwnClient = id;
    }

    private void RotateClientId(ref ExceptionDispatchInfo? error)
    {
        ulong id;
        do
        {
            id = NewClientId();
        }
        while (Store.Clients.NextClock(id) != 0);

        SetClientId(id);
        Raise(ClientIdChanged, ref error);
    }

    private void Raise(EventHandler? handlers, ref ExceptionDispatchInfo? error)
    {
        foreach (var handler in Delegate.EnumerateInvocationList(handlers))
        {
            try
            {
                handler(this, EventArgs.Empty);
            }
            catch (Exception e)
            {
                error = ExceptionDispatchInfo.Capture(e);
            }
        }
    }
}
