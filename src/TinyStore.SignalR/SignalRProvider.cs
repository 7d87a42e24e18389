using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TinyStore.Sync;
using TinyStore.Yjs;

namespace TinyStore.SignalR;

/// <summary>
/// Keeps a <see cref="YDoc"/> in step with a room of a relay, over a SignalR connection that the app made. Edits are made at
/// once, connected or not; the provider sends them when it can, until the relay has acknowledged them as durable.
/// </summary>
/// <remarks>
/// <para>The app owns the connection: it builds it (URL, tokens, protocols; MessagePack is the better one), and disposes it after
/// the providers. While a provider is started, it keeps the connection up: it starts it, and starts it again with growing,
/// jittered delays whenever it is down, with or without <c>WithAutomaticReconnect</c>. To go offline, stop the provider.
/// Several providers may share a connection.</para>
/// <para>Everything that touches the document runs in its <see cref="YDoc.Context"/>, and so do the provider's events. Make the
/// provider where the document may be used. Its other members may be called from anywhere.</para>
/// </remarks>
public sealed partial class SignalRProvider : IAsyncDisposable
{
    private readonly HubConnection _connection;
    private readonly SignalRProviderOptions _options;
    private readonly SyncSession _session;
    private readonly ILogger _logger;
    private readonly IDisposable _updates;
    private readonly IDisposable _attachment;
    private readonly IProviderState? _kept;
    private readonly Lock _gate = new();
    private HubLink? _link;
    private bool _disposed;

    /// <summary>Makes a provider. It notes what the document changes from now on; <see cref="StartAsync"/> connects.</summary>
    /// <param name="connection">The connection to the relay's hub.</param>
    /// <param name="room">The room: 1 to 512 bytes of UTF-8.</param>
    /// <param name="doc">The document.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <exception cref="ArgumentException">The room name is empty or too long, or an option is out of range.</exception>
    /// <exception cref="InvalidOperationException">Another provider of this room uses the same state store.</exception>
    public SignalRProvider(HubConnection connection, string room, YDoc doc, SignalRProviderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(doc);
        _connection = connection;
        Doc = doc;
        _options = options ?? new SignalRProviderOptions();
        _options.Validate();
        _logger = (_options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger<SignalRProvider>();
        _joinBackoff = new Backoff(_options);
        ArgumentException.ThrowIfNullOrEmpty(room);
        _kept = _options.StateStore?.Open(room, this);
        try
        {
            _session = new SyncSession(room, new YSyncDocument(doc, this), _options.Session, _kept);
        }
        catch
        {
            _kept?.Dispose();
            throw;
        }

        _unacknowledged = _session.UnacknowledgedCount;
        _session.Changed += OnSessionChanged;
        _session.RetryWanted += OnRetryWanted;
        _session.DocumentFaulted += OnDocumentFaulted;
        _session.AwarenessReceived += (_, update) => AwarenessReceived?.Invoke(this, update);
        _updates = doc.ObserveUpdates(OnDocumentUpdate);
        _attachment = doc.AttachProvider(this);
        doc.Disposed += OnDocumentDisposed;
    }

    /// <summary>The document.</summary>
    public YDoc Doc { get; }

    /// <summary>The room.</summary>
    public string Room => _session.Room;

    /// <summary>Where the provider is.</summary>
    public ProviderState State => (ProviderState)Volatile.Read(ref _state);

    /// <summary>
    /// How many of the document's updates the relay has not acknowledged as durable. What the document held before this
    /// provider was made counts as one once the relay has said that it lacks some of it; with a
    /// <see cref="SignalRProviderOptions.StateStore"/> it is counted from the start.
    /// </summary>
    public int UnacknowledgedCount => Volatile.Read(ref _unacknowledged);

    /// <summary>What the relay lets this peer do; <see cref="SyncAccess.None"/> until the room was joined once.</summary>
    public SyncAccess Access => (SyncAccess)Volatile.Read(ref _access);

    /// <summary>Why the provider is <see cref="ProviderState.Refused"/>; null when it is not.</summary>
    public SyncFailure? Refusal { get; private set; }

    /// <summary>Raised when <see cref="State"/> changed.</summary>
    public event EventHandler<ProviderStateChange>? StateChanged;

    /// <summary>Raised when <see cref="UnacknowledgedCount"/> changed.</summary>
    public event EventHandler? UnacknowledgedCountChanged;

    /// <summary>Raised when something went wrong, whether or not it will be tried again.</summary>
    public event EventHandler<ProviderError>? Error;

    /// <summary>Raised with awareness updates of other peers (y-protocols' bytes).</summary>
    public event EventHandler<ReadOnlyMemory<byte>>? AwarenessReceived;

    /// <summary>
    /// Starts to connect, to sync, and to keep it so. Returns without waiting for either (see <see cref="WhenSyncedAsync"/>):
    /// being offline is not an error. After a refusal, tries again. Does nothing when it is started.
    /// </summary>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
        }

        return Doc.Context.RunAsync(() =>
        {
            _session.Reset();
            lock (_gate)
            {
                if (_disposed)
                {
                    return;
                }

                _link ??= HubLink.Attach(_connection, this, _options);
            }

            Join();
            Publish();
        }, cancellationToken);
    }

    /// <summary>
    /// Waits up to <see cref="SignalRProviderOptions.FlushTimeout"/> for acknowledgements if it is in the room, then leaves it.
    /// The connection stays as it is. Edits that are not acknowledged stay noted, and are sent after the next start.
    /// </summary>
    /// <param name="cancellationToken">Ends the waiting, not the stopping.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_link is null)
            {
                return;
            }
        }

        if (State is ProviderState.Syncing or ProviderState.Synced)
        {
            try
            {
                await WhenAcknowledgedAsync(cancellationToken).WaitAsync(_options.FlushTimeout, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException or SyncRefusedException or ObjectDisposedException)
            {
                _logger.NotFlushed(Room, UnacknowledgedCount);
            }
        }

        await Doc.Context.RunAsync(Detach, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Completes when the first complete sync, in both directions, is done, or at once when the provider is synced.</summary>
    /// <exception cref="SyncRefusedException">The room was refused.</exception>
    public Task WhenSyncedAsync(CancellationToken cancellationToken = default) => WhenAsync(Goal.Synced, cancellationToken);

    /// <summary>Completes when the relay is known to hold durably everything that the document holds.</summary>
    /// <exception cref="SyncRefusedException">The room was refused, or the access is read and there are edits.</exception>
    public Task WhenAcknowledgedAsync(CancellationToken cancellationToken = default) => WhenAsync(Goal.Acknowledged, cancellationToken);

    /// <summary>Sends this peer's awareness update, and again after each join. Only the last one counts.</summary>
    /// <param name="update">y-protocols' bytes; kept.</param>
    public void SendAwareness(ReadOnlyMemory<byte> update) => Doc.Context.Post(() => _session.SendAwareness(update));

    /// <summary>Stops as <see cref="StopAsync"/> does, and lets go of the document. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        await Doc.Context.RunAsync(() =>
        {
            Doc.Disposed -= OnDocumentDisposed;
            _updates.Dispose();
            _attachment.Dispose();
            _session.Dispose();
            _kept?.Dispose();
            FailWaiters(new ObjectDisposedException(nameof(SignalRProvider)));
        }).ConfigureAwait(false);
        _joinTimer?.Dispose();
        _sendTimer?.Dispose();
    }
}
