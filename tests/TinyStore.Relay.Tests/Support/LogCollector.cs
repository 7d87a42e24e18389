using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace TinyStore.Relay.Tests.Support;

/// <summary>Keeps what was logged.</summary>
internal sealed class LogCollector : ILoggerProvider, ILoggerFactory
{
    private readonly ConcurrentQueue<(LogLevel Level, EventId Id, string Text)> _entries = [];

    public IEnumerable<(LogLevel Level, EventId Id, string Text)> Entries => _entries;

    public bool Has(string eventName) => _entries.Any(e => e.Id.Name == eventName);

    /// <summary>Errors that nobody expected.</summary>
    public void AssertNoErrors(params string[] except) =>
        Assert.DoesNotContain(_entries, e => e.Level >= LogLevel.Error && !except.Contains(e.Id.Name));

    public ILogger CreateLogger(string categoryName) => new Collector(this);

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }

    private sealed class Collector(LogCollector owner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Debug;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            owner._entries.Enqueue((logLevel, eventId, $"{formatter(state, exception)} {exception}"));
    }
}
