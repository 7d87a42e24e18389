namespace TinyStore.Persisters;

/// <summary>How a <see cref="CustomPersister"/> works.</summary>
public sealed class CustomPersisterOptions : StoragePersisterOptions
{
    /// <summary>Whether the delegate that writes can write only what changed (<see cref="PersistedWrite.Changes"/>).</summary>
    /// <value>The default is <see langword="false"/>: it always gets the whole content.</value>
    public bool WritesChanges { get; set; }

    /// <summary>Starts to hear of changes that others make; see <see cref="StoragePersister.SubscribeAsync"/>.</summary>
    /// <value>The default is <see langword="null"/>: changes are not heard of.</value>
    public Func<Action<PersistedData?>, CancellationToken, ValueTask<IAsyncDisposable?>>? Subscribe { get; set; }
}

/// <summary>A persister made of delegates.</summary>
public sealed class CustomPersister : StoragePersister
{
    private readonly Func<CancellationToken, ValueTask<PersistedData?>> _get;
    private readonly Func<PersistedWrite, CancellationToken, ValueTask> _set;
    private readonly CustomPersisterOptions _options;

    /// <summary>Makes a persister.</summary>
    /// <param name="store">The store.</param>
    /// <param name="getPersisted">Reads what is persisted; null where nothing is yet.</param>
    /// <param name="setPersisted">Writes.</param>
    /// <param name="options">How it works.</param>
    public CustomPersister(
        Store store,
        Func<CancellationToken, ValueTask<PersistedData?>> getPersisted,
        Func<PersistedWrite, CancellationToken, ValueTask> setPersisted,
        CustomPersisterOptions? options = null)
        : base(store, options)
    {
        ArgumentNullException.ThrowIfNull(getPersisted);
        ArgumentNullException.ThrowIfNull(setPersisted);
        _get = getPersisted;
        _set = setPersisted;
        _options = options ?? new CustomPersisterOptions();
    }

    /// <inheritdoc/>
    protected override bool WritesChanges => _options.WritesChanges;

    /// <inheritdoc/>
    protected override ValueTask<PersistedData?> GetPersistedAsync(CancellationToken cancellationToken) => _get(cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask SetPersistedAsync(PersistedWrite write, CancellationToken cancellationToken) => _set(write, cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask<IAsyncDisposable?> SubscribeAsync(Action<PersistedData?> onChanged, CancellationToken cancellationToken) =>
        _options.Subscribe is { } subscribe ? subscribe(onChanged, cancellationToken) : default;
}
