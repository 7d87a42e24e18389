using Microsoft.Extensions.Logging;
using TinyStore.Sync;
using TinyStore.Yjs;

namespace TinyStore.SignalR;

/// <summary>
/// Settings of a <see cref="SignalRProvider"/>. Of the providers that share a connection, the one that was made first decides
/// how it is connected again.
/// </summary>
public sealed class SignalRProviderOptions
{
    /// <summary>
    /// The first delay before connecting again is random between 0 and this; the range doubles with each failure. (Full jitter:
    /// clients that lost a relay together do not return together.)
    /// </summary>
    /// <value>The default value is 500 ms.</value>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The largest range of the random delay.</summary>
    /// <value>The default value is 30 seconds.</value>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long <see cref="SignalRProvider.StopAsync"/> and disposal wait for acknowledgements.</summary>
    /// <value>The default value is 5 seconds.</value>
    public TimeSpan FlushTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Limits of the sync session.</summary>
    public SyncSessionOptions Session { get; } = new();

    /// <summary>
    /// Where the provider keeps how far its room is: the file that keeps the document. Then the next run of the app knows from the
    /// start what is not acknowledged, asks the relay only for what came since, and sends what was edited offline. Open it before
    /// the provider is made.
    /// </summary>
    /// <value>The default value is null: each run begins by comparing everything with the relay.</value>
    public IProviderStateStore? StateStore { get; set; }

    /// <summary>The clock of delays.</summary>
    /// <value>The default value is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Random numbers from 0 to below 1, for the delays.</summary>
    /// <value>The default value is <see cref="Random.Shared"/>'s.</value>
    public Func<double> Random { get; set; } = System.Random.Shared.NextDouble;

    /// <summary>Where to log; null for nowhere.</summary>
    /// <value>The default value is null.</value>
    public ILoggerFactory? LoggerFactory { get; set; }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ReconnectDelay, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxReconnectDelay, ReconnectDelay);
        ArgumentOutOfRangeException.ThrowIfLessThan(FlushTimeout, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(TimeProvider);
        ArgumentNullException.ThrowIfNull(Random);
    }
}
