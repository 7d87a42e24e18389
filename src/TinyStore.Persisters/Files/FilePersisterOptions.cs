namespace TinyStore.Persisters;

/// <summary>How a <see cref="FilePersister"/> works.</summary>
public sealed class FilePersisterOptions : StoragePersisterOptions
{
    /// <summary>How often auto-load looks at the file by itself, beside what the operating system tells of changes.</summary>
    /// <value>The default is one second.</value>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a save waits while other processes save.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
