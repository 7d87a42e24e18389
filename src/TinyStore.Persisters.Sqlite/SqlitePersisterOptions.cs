namespace TinyStore.Persisters.Sqlite;

/// <summary>How a <see cref="SqlitePersister"/> works.</summary>
public sealed class SqlitePersisterOptions : StoragePersisterOptions
{
    /// <summary>How the database holds the store.</summary>
    /// <value>The default is a <see cref="SqliteJsonLayout"/> with its defaults.</value>
    public SqliteLayout Layout { get; set; } = new SqliteJsonLayout();

    /// <summary>How often auto-load asks the database whether others changed it, beside what the operating system tells of
    /// changes of its files (TinyBase's <c>autoLoadIntervalSeconds</c>).</summary>
    /// <value>The default is one second.</value>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a load or save waits while others write.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
